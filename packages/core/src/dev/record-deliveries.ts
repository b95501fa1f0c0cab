import type { ClerkEvent } from '../entities/clerk-event.ts'
import { asClerkSyncError, ClerkSyncError } from '../errors.ts'
import { toFetchHandler } from '../hosts/fetch.ts'
import type { Rows } from '../port/sync-adapter.ts'
import { storeAccessOf, withStoreAccess } from '../store-access.ts'
import type { ClerkSync } from '../types.ts'
import { type DevPage, findDevPage, refused, showOn } from './dev-page.ts'
import { type Look, lookAfter, lookBefore } from './read-row.ts'
import { factsOfApplied, factsOfMany, factsOfResult, type RecordedDelivery, textOf } from './recorded-delivery.ts'

/** Of a long list, the last ones: the page keeps no more than a few hundred. */
const MOST_OF_A_LIST = 100

let shown = 0

/**
 * The same clerkSync, whose deliveries are shown on the page of `clerk-sync dev` while that runs: what became of each, why,
 * the row before and after, the error of a hook with its stack. Make the routes and the workers from what it returns.
 *
 * In production (`NODE_ENV`) it returns what it was given. Elsewhere, without a `clerk-sync dev` beside it, a delivery
 * costs the look for a file. With one, the row is read once before it is written, in 1 s at most where the driver is not
 * synchronous, and once after the answer; deliveries go to a port of this machine, and nothing is kept here. Trouble of the page is a warning in the log,
 * and changes no delivery.
 *
 * @example
 * ```ts
 * import { createClerkSync } from '@clerk-sync/core'
 * import { recordDeliveries } from '@clerk-sync/core/dev'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const adapter = memoryAdapter({ users: { columns: { email: {} } } })
 *
 * export const clerkSync = recordDeliveries(createClerkSync({ adapter }))
 * export const POST = clerkSync.handler
 * ```
 * @throws ClerkSyncError `config_invalid` for what createClerkSync did not return, and for one that is recorded already.
 */
export function recordDeliveries<Stored extends Rows, Tx>(clerkSync: ClerkSync<Stored, Tx>): ClerkSync<Stored, Tx> {
  const access = storeAccessOf('recordDeliveries(clerkSync)', clerkSync)
  // Bundlers replace the whole of `process.env.NODE_ENV`; a runtime without `process` has no files to find a page by.
  if (typeof process === 'undefined' || process.env.NODE_ENV === 'production') return clerkSync
  if (access.isRecorded) {
    throw new ClerkSyncError(
      'config_invalid',
      'recordDeliveries was given what it returned: each delivery would be shown twice. Call it once.',
    )
  }

  /** Nothing of it may end a delivery: `seen` is called in here, and it neither throws nor rejects. */
  async function show(page: DevPage, by: RecordedDelivery['by'], seen: () => readonly Seen[]): Promise<void> {
    const at = Date.now()
    try {
      const deliveries = seen().map(async ({ look, ...facts }): Promise<RecordedDelivery> => {
        // Counted before the first look: that of one row may take longer than that of another.
        const number = ++shown
        const row = look && (await lookAfter(access, look))
        return { at, number, by, ...facts, ...(row && { row }) }
      })
      await showOn(page, await Promise.all(deliveries))
    } catch (error) {
      refused(page.file, textOf(error))
    }
  }

  const receive: typeof access.receive = async (delivery, options, onVerified) => {
    const page = findDevPage()
    if (!page) return access.receive(delivery, options, onVerified)
    let look: Look | undefined
    const result = await access.receive(delivery, options, async (event) => {
      await onVerified?.(event)
      look = await lookBefore(access, event)
    })
    void show(page, 'route', () => [{ ...factsOfResult(result), look }])
    return result
  }

  const applyOne: typeof access.applyOne = async (event, lastAttempt) => {
    const page = findDevPage()
    if (!page) return access.applyOne(event, lastAttempt)
    const look = await lookBefore(access, event)
    const seen = (outcome: string, error?: ClerkSyncError) =>
      void show(page, 'worker', () => [{ ...factsOfApplied(event, outcome, error), look }])
    let delivered: Awaited<ReturnType<typeof access.applyOne>>
    try {
      delivered = await access.applyOne(event, lastAttempt)
    } catch (error) {
      seen('failed', asClerkSyncError(error, 'store_failed', 'The event failed in a way that is not expected.'))
      throw error
    }
    seen(delivered.outcome, delivered.error)
    return delivered
  }

  const applyMany: typeof clerkSync.applyMany = async (events, options) => {
    const page = findDevPage()
    if (!page || !Array.isArray(events)) return clerkSync.applyMany(events, options)
    const looks = await Promise.all(events.slice(-MOST_OF_A_LIST).map((event: ClerkEvent) => lookBefore(access, event)))
    const results = await clerkSync.applyMany(events, options)
    void show(page, 'worker', () =>
      results.slice(-MOST_OF_A_LIST).map((result, n) => ({ ...factsOfMany(result), look: looks[n] })),
    )
    return results
  }

  const recorded: ClerkSync<Stored, Tx> = {
    ...clerkSync,
    receive: (delivery, options) => receive(delivery, options),
    handler: toFetchHandler({ receive }),
    apply: async (event, { lastAttempt = false } = {}) => (await applyOne(event, lastAttempt)).outcome,
    applyMany,
  }
  return withStoreAccess(recorded, { ...access, receive, applyOne, isRecorded: true })
}

type Seen = Omit<RecordedDelivery, 'at' | 'number' | 'by' | 'row'> & { readonly look: Look | undefined }
