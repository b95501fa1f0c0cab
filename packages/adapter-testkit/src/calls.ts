import type { DatabaseCalls } from './harness.ts'

/**
 * - `refused`: the call is not carried out
 * - `deadlock`: the same, with the code on which an adapter tries again
 * - `lost`: the call is carried out and its answer never comes
 */
export type Failure = 'refused' | 'deadlock' | 'lost'

/** Fails one of the database calls of an adapter, and counts them. */
export class FailingCalls implements DatabaseCalls {
  #made = 0
  #plan: { readonly failure: Failure; readonly at: number } | undefined
  #failed = false

  /** How many calls were begun, since the last plan. */
  get made(): number {
    return this.#made
  }

  /** Whether the planned failure has come about. */
  get failed(): boolean {
    return this.#failed
  }

  /** Fails the call of this number from now on, counted from 1. */
  fail(failure: Failure, at: number): void {
    this.#made = 0
    this.#failed = false
    this.#plan = { failure, at }
  }

  heal(): void {
    this.#plan = undefined
  }

  async run<T>(call: () => Promise<T>, sever?: () => unknown): Promise<T> {
    const failure = this.#next()
    if (failure && failure !== 'lost') throw errorOf(failure)
    const answer = await call()
    if (!failure) return answer
    await sever?.()
    throw errorOf(failure)
  }

  runSync<T>(call: () => T): T {
    const failure = this.#next()
    if (failure && failure !== 'lost') throw errorOf(failure)
    const answer = call()
    if (failure) throw errorOf(failure)
    return answer
  }

  #next(): Failure | undefined {
    this.#made++
    if (this.#plan?.at !== this.#made) return undefined
    this.#failed = true
    return this.#plan.failure
  }
}

const codes = { refused: 'KIT_REFUSED', deadlock: '40001', lost: 'ECONNRESET' } as const

function errorOf(failure: Failure): Error {
  return Object.assign(new Error(`injected by the testkit: the call was ${failure}`), { code: codes[failure] })
}
