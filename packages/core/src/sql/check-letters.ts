import type { Problem } from '../port/sync-adapter.ts'
import type { LettersTable } from './letters.ts'

/** What is to be done about letters that are there. */
export function parkedLetters({ name }: LettersTable, count: number): Problem[] {
  if (count === 0) return []
  const message =
    `${name} holds ${count} ${count === 1 ? 'event that was' : 'events that were'} refused until the last ` +
    'attempts. clerkSync.deadLetters.list() says why; retry them once that is mended, or drop them.'
  return [{ severity: 'warning', table: name, message }]
}
