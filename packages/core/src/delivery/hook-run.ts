import type { ClerkEvent } from '../entities/clerk-event.ts'
import { ClerkSyncError, chainOf } from '../errors.ts'
import { prop } from '../port/prop.ts'
import type { WriteOutcome } from '../port/sync-adapter.ts'

/** A hook as the steps see it: its type was checked where it was given. */
export interface AnyHook {
  /** Whether it wants the row as it was before. */
  readonly before: boolean
  readonly run: (context: { event: ClerkEvent; outcome: WriteOutcome; tx: unknown; before?: unknown }) => unknown
}

/** The hook of an event that comes too late to be written, as its row is now. */
export function lateHook(
  hook: AnyHook | undefined,
  late: { readonly outcome: WriteOutcome; readonly before: unknown },
): AnyHook | undefined {
  if (!hook) return undefined
  const { outcome, before } = late
  return { ...hook, run: (context) => hook.run({ ...context, outcome, ...(hook.before && { before }) }) }
}

/** The hook of one delivery, which may be called several times. Knows what it threw, which is not what the database threw. */
export class HookRun {
  /** Whether it is running now. */
  running = false
  #thrown: { readonly error: unknown } | undefined

  constructor(
    private readonly hook: AnyHook,
    private readonly event: ClerkEvent,
  ) {}

  get wantsBefore(): boolean {
    return this.hook.before
  }

  call(tx: unknown, outcome: WriteOutcome, before: unknown): unknown {
    this.running = true
    const remember = (error: unknown): never => {
      this.running = false
      this.#thrown = { error }
      throw error
    }
    const ended = <T>(value: T): T => {
      this.running = false
      return value
    }
    try {
      const context = { event: this.event, outcome, tx }
      const given = this.hook.before ? { ...context, before } : refusingBefore(context)
      const result = this.hook.run(given)
      if (result instanceof Promise) return result.then(ended, remember)
      return isThenable(result) ? whenAwaited(result, ended, remember) : ended(result)
    } catch (error) {
      return remember(error)
    }
  }

  /** The error, where it is what the hook threw last: the trouble of an earlier attempt may be over. */
  failure(error: unknown): ClerkSyncError | undefined {
    const thrown = this.#thrown
    if (!thrown || ![...chainOf(error)].includes(thrown.error)) return undefined
    // The adapter knows more of it.
    if (ClerkSyncError.is(error) && error !== thrown.error) return undefined
    return new ClerkSyncError(
      'hook_failed',
      `The hook for ${this.event.type} threw. Its transaction was rolled back; ` +
        `on a driver without transactions, the row stays.${waitedForConnection(error) ? ` ${THROUGH_DB}` : ''}`,
      { cause: thrown.error, thrownBy: 'hook' },
    )
  }

  tooSlow(seconds: number): ClerkSyncError {
    return new ClerkSyncError(
      'hook_failed',
      `The hook for ${this.event.type} had not ended after ${seconds} s. ${THROUGH_DB} What takes long belongs in a queue; see timeoutMs.`,
    )
  }
}

/** Without types, a hook that does not ask for `before` would find it undefined, and take the row for a new one. */
function refusingBefore<T extends { readonly event: ClerkEvent }>(context: T): T {
  const get = () => {
    throw new ClerkSyncError(
      'config_invalid',
      `on["${context.event.type}"] reads before: a hook that wants it is { before: true, run: ({ before }) => … }.`,
    )
  }
  return Object.defineProperty(context, 'before', { get })
}

const THROUGH_DB =
  'Does it query the database through db instead of tx? Then it waits for a connection while it holds one: write ' +
  'through tx.'

/** By the words of node-postgres, and the code of Prisma's pool. */
function waitedForConnection(error: unknown): boolean {
  return [...chainOf(error)].some(
    (link) => prop(link, 'code') === 'P2024' || prop(link, 'message') === 'timeout exceeded when trying to connect',
  )
}

/** Leaves a query builder alone until it is awaited: a synchronous driver refuses it, and then it must not run. */
function whenAwaited(
  result: PromiseLike<unknown>,
  ended: <T>(value: T) => T,
  remember: (error: unknown) => never,
): PromiseLike<unknown> {
  return {
    // biome-ignore lint/suspicious/noThenProperty: a thenable in place of a thenable
    then: (fulfilled, rejected) => Promise.resolve(result).then(ended, remember).then(fulfilled, rejected),
  }
}

/** A query builder that runs when it is awaited is a thenable too. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
