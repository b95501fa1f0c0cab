export { checkLedger, checkTable } from './check.ts'
export { mayForbid } from './check-database.ts'
export { checkLetters, parkedLetters } from './check-letters.ts'
export { comparedTombstones, refusedByCheck, tombstoneRow } from './check-tombstones.ts'
