import { ClerkSyncError } from '../errors.ts'
import type { Program, RunResult } from './program.ts'

/** What is sent outside a transaction of ours: in a session without autocommit, nothing would ever commit it. */
export function* committed<T>(program: Program<T>): Program<T> {
  let step = program.next()
  while (!step.done) {
    let results: readonly RunResult[]
    try {
      results = yield step.value
    } catch (error) {
      step = program.throw(error)
      continue
    }
    if (results.some(({ rows }) => rows.some(({ clerk_autocommit: on }) => on !== undefined && Number(on) === 0))) {
      throw new ClerkSyncError(
        'config_invalid',
        'The sessions of this database have autocommit = 0, so that a write is lost when its connection closes, and its ' +
          'locks are held until then. It is not acknowledged. Give the adapter a pool of its own that leaves autocommit on.',
      )
    }
    step = program.next(results)
  }
  return step.value
}
