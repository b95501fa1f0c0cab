import type { ClerkEvent, ClerkEventType } from '../entities/clerk-event.ts'
import type { NoLedger, WriteOutcome } from '../port/sync-adapter.ts'
import type { ClerkSyncTypeError } from '../port/type-error.ts'

/** What a hook is called with. On a driver without interactive transactions (`Tx` is `never`) there is no `tx`. */
export type HookContext<Type extends ClerkEventType, Tx> = {
  readonly event: ClerkEvent<Type>
  /** What the event did to the row; `unchanged` also when it concerns no synced table. */
  readonly outcome: WriteOutcome
} & ([Tx] extends [never]
  ? unknown
  : {
      /** The ORM's own transaction: what is written through it happens exactly once. */
      readonly tx: Tx
    })

/**
 * Functions to run with an event, per type.
 *
 * A hook may be called again when its transaction is retried, so only what it writes through `tx` happens once. It runs
 * also when the row did not change, since "create the default workspace on user.created" must not depend on the order of
 * arrival.
 *
 * Where there is no `tx`, a hook runs at least once: again after it threw, after a crash, and beside itself when a
 * message is delivered twice at once. The row is written before it, so the outcome is then `unchanged`. Let what it
 * writes bear repetition, by `event.id` for example.
 */
export type Hooks<Tx, HookResult> = {
  readonly [Type in ClerkEventType]?: Hook<Type, Tx, HookResult> | undefined
}

/** `never` is the `tx` of a driver without transactions, and would pass for anything. */
type Hook<Type extends ClerkEventType, Tx, HookResult> = [Tx] extends [never]
  ? (context: HookContext<Type, Tx>) => HookResult
  : [Tx] extends [NoLedger]
    ? ClerkSyncTypeError<'Hooks need the ledger: pass the adapter its events table'>
    : (context: HookContext<Type, Tx>) => HookResult
