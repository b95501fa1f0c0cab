import type { WriteOutcome } from './adapter.ts'
import type { ClerkEvent, ClerkEventType } from './clerk-event.ts'

/** What a hook is called with. */
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
 * Where the store has no transactions there is no `tx`: the row is written, the hook runs, and then the ledger is told.
 * So a hook runs at least once, and what it does must bear repetition.
 */
export type Hooks<Tx, HookResult> = {
  readonly [Type in ClerkEventType]?: ((context: HookContext<Type, Tx>) => HookResult) | undefined
}
