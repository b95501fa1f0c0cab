import { ClerkSyncError } from '../errors.ts'
import type { EventRef, WriteOutcome } from './sync-adapter.ts'

/**
 * `once` for a database without interactive transactions: the hook gets no `tx`, and runs at least once, since the
 * message is marked as processed only after it.
 *
 * @typeParam Tx - `never`
 */
export async function onceWithoutTransaction<Tx, HookResult>(
  event: EventRef,
  hook: (tx: Tx, outcome: WriteOutcome, before: object | undefined) => HookResult,
  store: {
    /** Reads the row as it is before the write; left out where the hook does not ask for it. */
    readonly before?: (() => Promise<object | undefined>) | undefined
    /** Looks whether the message was processed, and writes the change. */
    readonly write: () => Promise<WriteOutcome | 'duplicate'>
    /** Remembers the message as processed. */
    readonly mark: () => Promise<unknown>
  },
): Promise<WriteOutcome | 'duplicate'> {
  const before = await store.before?.()
  const outcome = await store.write()
  if (outcome === 'duplicate') return outcome
  // There is no transaction to hand over, and so no value of its type.
  await hook(undefined as Tx, outcome, before)
  try {
    await store.mark()
  } catch (cause) {
    if (ClerkSyncError.is(cause)) throw cause
    throw new ClerkSyncError(
      'store_failed',
      `${event.type} was stored and its hook ran, but the message could not be marked in the ledger. The event is sent ` +
        'again, and its hook will run again.',
      { cause },
    )
  }
  return outcome
}
