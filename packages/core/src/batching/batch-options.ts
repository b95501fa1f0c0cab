import { ClerkSyncError } from '../errors.ts'
import { checkOptions } from '../port/check-options.ts'
import type { SyncAdapter } from '../port/sync-adapter.ts'

/** How deliveries that come at the same time are written together. */
export interface BatchOptions {
  /** How many rows one statement writes at most. Default 64. */
  readonly maxRows?: number | undefined
  /**
   * How many statements are under way before deliveries wait for one to end, and are then written together. One that
   * takes twice as long as they usually do, or 25 ms, such as for a lock, is counted no more: what bounds connections is
   * the pool. Default 4.
   */
  readonly maxInFlight?: number | undefined
}

/** The same with the defaults. */
export interface BatchLimits {
  readonly maxRows: number
  readonly maxInFlight: number
}

const DEFAULTS: BatchLimits = { maxRows: 64, maxInFlight: 4 }
/** What is written together is locked together, until all of it is committed. */
const MOST_ROWS = 500

/**
 * @returns undefined where each delivery is a statement of its own
 * @throws ClerkSyncError `config_invalid`
 */
export function resolveBatch(
  option: BatchOptions | false | undefined,
  { batching, name }: SyncAdapter,
): { readonly batch: BatchLimits | undefined } {
  const canBatch = batching !== undefined && batching.entities.length > 0
  if (option === false || (option === undefined && !canBatch)) return { batch: undefined }
  const invalid = (message: string) => new ClerkSyncError('config_invalid', message)
  if (!canBatch) throw invalid(`batch: ${name} writes each delivery to these tables by itself. Leave it out.`)
  const given: BatchOptions = option ?? {}
  checkOptions("createClerkSync's batch", given, ['maxRows', 'maxInFlight'], { size: 'maxRows', max: 'maxRows' })
  const { maxRows = DEFAULTS.maxRows, maxInFlight = DEFAULTS.maxInFlight } = given
  if (!Number.isSafeInteger(maxRows) || maxRows < 1 || maxRows > MOST_ROWS) {
    throw invalid(`batch: maxRows must be a whole number of rows from 1 to ${MOST_ROWS}.`)
  }
  if (!Number.isSafeInteger(maxInFlight) || maxInFlight < 1) {
    throw invalid('batch: maxInFlight must be a positive whole number of statements.')
  }
  return { batch: { maxRows, maxInFlight } }
}
