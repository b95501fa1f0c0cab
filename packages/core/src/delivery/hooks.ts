import type { ClerkEvent, ClerkEventType } from '../entities/clerk-event.ts'
import type { NoLedger, Rows, WriteOutcome } from '../port/sync-adapter.ts'
import type { ClerkSyncTypeError } from '../port/type-error.ts'

/**
 * What a hook is called with. On a driver without interactive transactions (`Tx` is `never`) there is no `tx`.
 *
 * @typeParam Advice - shown by the compiler, with the type, where a hook takes something else out of it
 */
export type HookContext<Type extends ClerkEventType, Tx, Advice extends string = ContextAdvice> = [Tx] extends [never]
  ? HookInput<Type, WithoutTxAdvice>
  : HookInput<Type, Advice> & {
      /** The ORM's own transaction: what is written through it happens exactly once. */
      readonly tx: Tx
    }

type ContextAdvice =
  'A hook gets event, tx and outcome. For the row as it was before, write { before: true, run: ({ before }) => … }'
type WithoutTxAdvice =
  'A hook gets event and outcome: the driver has no interactive transactions, and so no tx. For the row as it was before, write { before: true, run: ({ before }) => … }'

// biome-ignore lint/correctness/noUnusedVariables: the compiler prints it with the type
interface HookInput<Type extends ClerkEventType, Advice extends string> {
  readonly event: ClerkEvent<Type>
  /**
   * What the event did to the row. `stale`: the row holds a newer change. `already_deleted`: the user, or whatever it is,
   * was deleted before. `unchanged`: the row holds exactly this event, or the event concerns no synced table.
   */
  readonly outcome: WriteOutcome
}

/**
 * A hook that gets the row as it was before the event. Reading and locking it costs the transaction two more statements,
 * which hooks that are functions do without.
 */
export interface HookWithBefore<Type extends ClerkEventType, Tx, HookResult, Stored extends Rows> {
  readonly before: true
  readonly run: (
    context: HookContext<Type, Tx> & {
      /**
       * The row as it was before the event, `undefined` where there was none: as the application's ORM gives it, read
       * under the row's lock. Where there is no `tx`, it is read before the write and without a lock: another event may
       * come in between, and when the hook runs again it is the row that the first run left.
       */
      readonly before: StoredRow<Type, Stored> | undefined
    },
  ) => HookResult
}

type StoredRow<
  Type extends ClerkEventType,
  Stored extends Rows,
> = Type extends `${infer E extends keyof Stored & string}.${string}` ? NonNullable<Stored[E]> : never

/**
 * Functions to run with an event, per type; `{ before: true, run }` where the hook wants the row as it was before.
 *
 * A hook may be called again when its transaction is retried, so only what it writes through `tx` happens once. It runs
 * also when the row did not change, since "create the default workspace on user.created" must not depend on the order of
 * arrival: `outcome` says whether the user was deleted before.
 *
 * Where there is no `tx`, a hook runs at least once: again after it threw, after a crash, and beside itself when a
 * message is delivered twice at once. The row is written before it, so the outcome is then `unchanged` or `stale`. Let what
 * it writes bear repetition, by `event.id` for example.
 */
export type Hooks<Tx, HookResult, Stored extends Rows = Rows> = {
  readonly [Type in ClerkEventType]?: Hook<Type, Tx, HookResult, Stored> | undefined
}

/** `never` is the `tx` of a driver without transactions, and would pass for anything. */
type Hook<Type extends ClerkEventType, Tx, HookResult, Stored extends Rows> = [Tx] extends [never]
  ? GivenHook<Type, Tx, HookResult, Stored>
  : [Tx] extends [NoLedger]
    ? ClerkSyncTypeError<'Hooks need the ledger: pass the adapter its events table'>
    : GivenHook<Type, Tx, HookResult, Stored>

type GivenHook<Type extends ClerkEventType, Tx, HookResult, Stored extends Rows> =
  | ((context: HookContext<Type, Tx>) => HookResult)
  | ([StoredRow<Type, Stored>] extends [never]
      ? HookWithoutRow<Type, Tx, HookResult>
      : HookWithBefore<Type, Tx, HookResult, Stored>)

interface HookWithoutRow<Type extends ClerkEventType, Tx, HookResult> {
  readonly before: ClerkSyncTypeError<`The adapter was given no table that ${Type} fills: there is no row before it`>
  readonly run: (context: HookContext<Type, Tx>) => HookResult
}
