export { checkLedger, checkTable } from './check.ts'
export { comparedTombstones, refusedByCheck, tombstoneRow } from './check-tombstones.ts'
