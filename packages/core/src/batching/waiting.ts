import { superseded } from '../port/newest-first.ts'
import type { CallOptions, Upsert, UpsertOutcome } from '../port/sync-adapter.ts'

/** What a batch says to one of its deliveries. */
interface Answer {
  /** Undefined where it is to be written alone. */
  readonly outcome?: UpsertOutcome | undefined
  /** Resolves when the others of a batch that was refused have been tried alone. */
  readonly others?: Promise<unknown> | undefined
}

/** A delivery that waits for a batch. */
export class Waiting {
  readonly answer = Promise.withResolvers<Answer>()
  readonly tried = Promise.withResolvers<void>()
  readonly row: string
  readonly shape: string
  /** What becomes of it in the end. */
  written: Promise<UpsertOutcome> | undefined

  constructor(
    readonly change: Upsert,
    readonly options: CallOptions,
  ) {
    this.row = rowOf(change)
    const columns = Object.keys(change.values).filter((column) => change.values[column] !== undefined)
    this.shape = `${change.entity} ${columns}`
  }
}

/** Once the newest of a row is committed, that is the answer to the older ones. Where it is refused, the next is written. */
export async function answerOlder(newest: Waiting, older: readonly Waiting[]): Promise<void> {
  const outcome = await newest.written?.catch(() => undefined)
  const [next, ...others] = older
  if (!next) return
  if (outcome === undefined) {
    next.answer.resolve({})
    return answerOlder(next, others)
  }
  for (const { change, answer } of older) {
    answer.resolve({ outcome: superseded(change, newest.change, outcome).outcome as UpsertOutcome })
  }
}

export function rowOf({ entity, key }: Upsert): string {
  return `${entity} ${key}`
}
