import { ClerkSyncError } from '../errors.ts'
import { LONGEST_WAIT_MS } from '../port/limits.ts'
import type { CallOptions, WriteOutcome } from '../port/sync-adapter.ts'
import type { ClerkSyncTypeError } from '../port/type-error.ts'
import { untilAborted } from '../port/until-aborted.ts'
import { drive, driveAsync, type Program, type Row, type RunResult, type Statement } from './program.ts'

/**
 * How one driver runs programs. Once the signal is aborted nobody waits: nothing more is sent, a transaction is not
 * committed, and a connection that may be stuck is not used again.
 */
export interface Runner<Tx, HookResult> {
  /** Outside any transaction of the caller's; what is yielded together is one round trip, and atomic. */
  run<T>(program: Program<T>, signal?: AbortSignal): Promise<T>
  /**
   * A whole program in one transaction, from its start where a driver tries the transaction again; left out where there
   * is none but that of what is yielded together.
   */
  runInTransaction?<T>(program: () => Program<T>, signal?: AbortSignal): Promise<T>
  /**
   * The steps of one event in one transaction, made anew where it is tried again. Left out where the driver has no
   * interactive transactions: hooks then get no `tx`, and run at least once.
   */
  transaction?(steps: () => EventSteps<Tx, HookResult>, signal?: AbortSignal): Promise<WriteOutcome | 'duplicate'>
}

/** What happens in the transaction of one event, in this order. */
export interface EventSteps<Tx, HookResult> {
  /** False ends it: the message was processed before. */
  readonly claim: () => Program<boolean>
  /** Reads the row that `claim` has locked; left out where the hook does not ask for it. */
  readonly read?: ((tx: Tx) => FoundRows) | undefined
  readonly write: () => Program<WriteOutcome>
  readonly hook: (tx: Tx, outcome: WriteOutcome, read: readonly Row[] | undefined) => HookResult
  readonly confirm: () => Program<void>
  /** Where the hook fails, and then the rollback. */
  readonly undo: () => Program<void>
}

/** What the application's own query gives; on a synchronous driver, the rows themselves. */
export type FoundRows = readonly Row[] | PromiseLike<readonly Row[]>

/** What a hook gets of an open transaction. */
export interface HookHandle<Tx> {
  readonly tx: Tx
  /** After a hook that did not throw: throws for what it must not have left out. */
  readonly check?: () => void
  /** From now on `tx` refuses what a hook has left running: it must not run between the last look and the commit. */
  end(): void
}

/** Drivers that answer with promises, and give a connection to each transaction. */
export function asyncRunner<Tx, Open = Tx>(driver: {
  /** Outside a transaction. Several statements go as one batch, which is atomic. */
  readonly send: (statements: readonly Statement[], signal?: AbortSignal) => Promise<readonly RunResult[]>
  readonly sendIn: (open: Open, statement: Statement) => Promise<RunResult>
  /** Rolls back when `run` rejects, as it does once the signal is aborted. It may try again before the hook has run. */
  readonly transaction: <T>(run: (open: Open) => Promise<T>, signal?: AbortSignal) => Promise<T>
  readonly handle: (open: Open) => HookHandle<Tx>
}): Runner<Tx, unknown> {
  const sendAllIn = (open: Open, signal: AbortSignal | undefined) =>
    sendUntil(signal, async (statements) => {
      const results: RunResult[] = []
      for (const statement of statements) results.push(await driver.sendIn(open, statement))
      return results
    })
  return {
    run: (program, signal) => driveAsync(program, sendUntil(signal, driver.send)),
    runInTransaction: (program, signal) =>
      driver.transaction((open) => untilAborted(signal, () => driveAsync(program(), sendAllIn(open, signal))), signal),
    async transaction(steps, signal) {
      let isInHook = false
      let hasFailed = false
      const run = async (open: Open): Promise<WriteOutcome | 'duplicate'> => {
        const { claim, read, write, hook, confirm, undo } = steps()
        const sendAll = sendAllIn(open, signal)
        if (!(await driveAsync(claim(), sendAll))) return 'duplicate'
        const handle = driver.handle(open)
        const rows = await read?.(handle.tx)
        const outcome = await driveAsync(write(), sendAll)
        isInHook = true
        try {
          await untilAborted(signal, () => hook(handle.tx, outcome, rows))
          handle.check?.()
          isInHook = false
        } catch (error) {
          handle.end()
          hasFailed = true
          await driveAsync(undo(), sendAll)
          throw error
        }
        handle.end()
        await driveAsync(confirm(), sendAll)
        return outcome
      }
      try {
        return await driver.transaction((open) => untilAborted(signal, () => run(open)), signal)
      } catch (error) {
        // Its own connection takes no more statements by now. Nobody waits for this one. And where a hook has committed
        // and begun again, the rollback has brought back the claim that was taken out.
        if (isInHook && (signal?.aborted || hasFailed)) {
          await driveAsync(steps().undo(), sendUntil(AbortSignal.timeout(LONGEST_WAIT_MS), driver.send))
        }
        throw error
      }
    },
  }
}

type Send = (statements: readonly Statement[], signal?: AbortSignal) => Promise<readonly RunResult[]>

/** The same, and nothing once the signal is aborted. */
function sendUntil(signal: AbortSignal | undefined, send: Send): Send {
  return async (statements) => {
    signal?.throwIfAborted()
    return send(statements, signal)
  }
}

/** Drivers that send batches and nothing between them: SQL over HTTP. Several statements go as one batch, which is atomic. */
export function batchRunner(send: Send): Runner<never, unknown> {
  return { run: (program, signal) => driveAsync(program, sendUntil(signal, send)) }
}

/** What a hook may return on a synchronous driver: anything but a promise. */
export type SyncResult =
  // biome-ignore lint/suspicious/noConfusingVoidType: what a function without a return statement returns
  | void
  | undefined
  | null
  | string
  | number
  | boolean
  | bigint
  | (object & {
      readonly then?: ClerkSyncTypeError<'The driver is synchronous, and so must its hooks be: leave async out, and end each query with .run(), .get() or .all()'>
    })

/**
 * Drivers with one connection that answer at once. The hook must too: in an asynchronous one, the writes of other
 * deliveries would land in its transaction, and be lost with it.
 */
export function syncRunner<Tx>(driver: {
  /** The connection, outside a transaction. */
  readonly outside: Tx
  readonly sendIn: (on: Tx, statement: Statement) => RunResult
  readonly transaction: <T>(run: (tx: Tx) => T) => T
}): Runner<Tx, SyncResult> {
  const sendAll = (tx: Tx) => (statements: readonly Statement[]) => statements.map((one) => driver.sendIn(tx, one))
  const { outside } = driver
  return {
    run: async (program) =>
      drive(program, (statements) => {
        if (statements.length === 1) return sendAll(outside)(statements)
        return driver.transaction((tx) => sendAll(tx)(statements))
      }),
    runInTransaction: async (program) => driver.transaction((tx) => drive(program(), sendAll(tx))),
    transaction: async (steps) =>
      driver.transaction((tx): WriteOutcome | 'duplicate' => {
        const { claim, read, write, hook, confirm, undo } = steps()
        if (!drive(claim(), sendAll(tx))) return 'duplicate'
        const rows = read && atOnce(read(tx))
        const outcome = drive(write(), sendAll(tx))
        try {
          refusePromise(hook(tx, outcome, rows))
        } catch (error) {
          drive(undo(), sendAll(tx))
          throw error
        }
        drive(confirm(), sendAll(tx))
        return outcome
      }),
  }
}

function atOnce(rows: FoundRows): readonly Row[] {
  if ('then' in rows) throw new Error('An adapter of a synchronous driver must read at once.')
  return rows
}

function refusePromise(result: unknown): void {
  if (typeof result !== 'object' || result === null || !('then' in result)) return
  // The hook goes on by itself: what becomes of it must not end the process as an unhandled rejection.
  if (result instanceof Promise) result.catch(() => {})
  throw new ClerkSyncError(
    'hook_failed',
    'The hook returned a promise or a query that was not run, and this driver is synchronous with one connection: other ' +
      'deliveries would write into its transaction. Write with .run(), .all() or .get() and without await; nothing was ' +
      'kept.',
  )
}

/** A caller that sets no limit does not wait for ever either. */
export function signalOf({ signal = AbortSignal.timeout(LONGEST_WAIT_MS) }: CallOptions = {}): AbortSignal {
  return signal
}
