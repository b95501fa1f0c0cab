import { asClerkSyncError } from '../errors.ts'
import type { LinkRules } from '../linking/link-options.ts'
import { comparedValue } from '../linking/match.ts'
import { listUnlinked } from '../linking/unlinked-rows.ts'
import type { LinkCandidate } from '../port/linking.ts'
import type { CallOptions, SyncAdapter } from '../port/sync-adapter.ts'
import type { UnmatchedRows } from './link-report.ts'
import { SeenIds } from './seen-ids.ts'

/** How many rows are looked at to name some. */
const LOOKED_AT = 1000
const NAMED = 20

/** The rows without a Clerk id that no user matches: those that are left without the ones that a user has a value of. */
export class LeftOver {
  readonly #values = new SeenIds()
  #met = 0

  constructor(
    private readonly adapter: SyncAdapter,
    private readonly rules: LinkRules,
  ) {}

  /** Rows that have a value of one user's. All that have the same value are found together. */
  meet(rows: readonly LinkCandidate[]): void {
    const byValue = new Map<string, number>()
    for (const { value } of rows) {
      const compared = this.#compared(value)
      byValue.set(compared, (byValue.get(compared) ?? 0) + 1)
    }
    for (const [value, howMany] of byValue) if (this.#values.add(value)) this.#met += howMany
  }

  /** @param before - how many rows had no Clerk id before the first was linked */
  async rows(before: number, options: CallOptions): Promise<UnmatchedRows> {
    const count = Math.max(0, before - this.#met)
    if (count === 0) return { count, first: [] }
    const search = { entity: 'user', column: this.rules.column, limit: LOOKED_AT } as const
    try {
      const listed = await listUnlinked(this.adapter, search, options)
      const left = listed.filter(({ value }) => value === null || !this.#values.has(this.#compared(value)))
      return { count, first: left.slice(0, NAMED).map(({ primaryKey }) => primaryKey) }
    } catch (thrown) {
      options.signal?.throwIfAborted()
      // All else is done: the result of the run is not lost for the names of some rows.
      const error = asClerkSyncError(thrown, 'store_failed', 'The rows without a Clerk id were not listed.')
      return { count, first: [], error }
    }
  }

  /** One that can be no user's is itself. */
  #compared(value: string): string {
    return comparedValue(value, this.rules) ?? value
  }
}
