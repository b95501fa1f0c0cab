import type { ClerkApi } from './clerk-api.ts'
import type { CountsOfRun } from './counts.ts'
import type { ListedEntity, Progress } from './types.ts'

/** Counts what a run has done, and tells the caller. */
export class RunProgress {
  readonly #began = performance.now()
  readonly #parts = new Map<string, { done: number; total: number | null }>()

  constructor(
    private readonly api: ClerkApi,
    private readonly counts: CountsOfRun,
    /** How many steps there will be, of all entities. */
    private readonly planned: number,
    private readonly onProgress: ((progress: Progress) => void) | undefined,
    /** What an earlier run had done of the first step: it took no time of this one. */
    private readonly doneBefore = 0,
  ) {}

  get seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  tell(step: Progress['step'], entity: ListedEntity, done: number, total: number | null): void {
    this.#parts.set(`${step} ${entity}`, { done, total })
    this.onProgress?.({
      step,
      entity,
      done,
      total,
      ...this.#pace(),
      requests: this.api.requests,
      counts: this.counts.all(),
    })
  }

  #pace(): Pick<Progress, 'share' | 'perSecond' | 'secondsLeft'> {
    const known = [...this.#parts.values()]
    const done = known.reduce((sum, part) => sum + part.done, 0)
    const perSecond = Math.max(0, done - this.doneBefore) / Math.max(this.seconds, 0.001)
    // The parts that have not begun have no size yet: each counts as much as those that have, on average.
    const totals = known.map(({ done, total }) => Math.max(total ?? done, done))
    const all = (totals.reduce((sum, total) => sum + total, 0) / Math.max(known.length, 1)) * this.planned
    const share = all > 0 ? Math.min(1, done / all) : null
    return { share, perSecond, secondsLeft: share && perSecond > 0 ? Math.ceil((all - done) / perSecond) : null }
  }
}
