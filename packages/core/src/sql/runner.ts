import { ClerkSyncError } from '../errors.ts'
import type { WriteOutcome } from '../port/sync-adapter.ts'
import { drive, driveAsync, type Program, type RunResult, type Statement } from './program.ts'

/** How one driver runs programs. */
export interface Runner<Tx, HookResult> {
  /** Outside any transaction of the caller's; what is yielded together is one round trip, and atomic. */
  run<T>(program: Program<T>): Promise<T>
  /**
   * In one transaction: `before`, then the hook with what it gave, then `after`. `before` may end it early. Left out
   * where the driver has no interactive transactions: hooks then get no `tx`, and run at least once.
   */
  transaction?(
    before: () => Program<WriteOutcome | 'duplicate'>,
    hook: (tx: Tx, outcome: WriteOutcome) => HookResult,
    after: () => Program<void>,
  ): Promise<WriteOutcome | 'duplicate'>
}

/** Drivers that answer with promises, and give a connection to each transaction. */
export function asyncRunner<Tx>(driver: {
  /** Outside a transaction. Several statements go as one batch, which is atomic. */
  readonly send: (statements: readonly Statement[]) => Promise<readonly RunResult[]>
  readonly sendIn: (tx: Tx, statement: Statement) => Promise<RunResult>
  readonly transaction: <T>(run: (tx: Tx) => Promise<T>) => Promise<T>
}): Runner<Tx, unknown> {
  return {
    run: (program) => driveAsync(program, driver.send),
    transaction: (before, hook, after) =>
      driver.transaction(async (tx) => {
        const sendAll = async (statements: readonly Statement[]) => {
          const results: RunResult[] = []
          for (const statement of statements) results.push(await driver.sendIn(tx, statement))
          return results
        }
        const outcome = await driveAsync(before(), sendAll)
        if (outcome === 'duplicate') return outcome
        await hook(tx, outcome)
        await driveAsync(after(), sendAll)
        return outcome
      }),
  }
}

/** Drivers that send batches and nothing between them: SQL over HTTP. Several statements go as one batch, which is atomic. */
export function batchRunner(
  send: (statements: readonly Statement[]) => Promise<readonly RunResult[]>,
): Runner<never, unknown> {
  return { run: (program) => driveAsync(program, send) }
}

/** What a hook may return on a synchronous driver: anything but a promise. */
export type SyncResult =
  // biome-ignore lint/suspicious/noConfusingVoidType: what a function without a return statement returns
  void | undefined | null | string | number | boolean | bigint | (object & { readonly then?: never })

/**
 * Drivers with one connection that answer at once. The hook must too: in an asynchronous one, the writes of other
 * deliveries would land in its transaction, and be lost with it.
 */
export function syncRunner<Tx>(driver: {
  readonly sendIn: (tx: Tx, statement: Statement) => RunResult
  readonly transaction: <T>(run: (tx: Tx) => T) => T
}): Runner<Tx, SyncResult> {
  const sendAll = (tx: Tx) => (statements: readonly Statement[]) => statements.map((one) => driver.sendIn(tx, one))
  return {
    run: async (program) => driver.transaction((tx) => drive(program, sendAll(tx))),
    transaction: async (before, hook, after) =>
      driver.transaction((tx): WriteOutcome | 'duplicate' => {
        const outcome = drive(before(), sendAll(tx))
        if (outcome === 'duplicate') return outcome
        refusePromise(hook(tx, outcome))
        drive(after(), sendAll(tx))
        return outcome
      }),
  }
}

function refusePromise(result: unknown): void {
  if (typeof result !== 'object' || result === null || !('then' in result)) return
  // The hook goes on by itself: what becomes of it must not end the process as an unhandled rejection.
  if (result instanceof Promise) result.catch(() => {})
  throw new ClerkSyncError(
    'hook_failed',
    'The hook returned a promise, and this driver is synchronous with one connection: other deliveries would write ' +
      'into its transaction. Write with .run(), .all() or .get() and without await; nothing was kept.',
  )
}
