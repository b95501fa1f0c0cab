import { isNone } from '../linking/kept-values.ts'
import type { LinkClash } from '../linking/match.ts'
import type { Upsert } from '../port/sync-adapter.ts'
import type { LinkedColumn, LinkReport } from './link-report.ts'
import { sameValue } from './same-value.ts'

/** Beyond it, clashes are counted alone. */
const MOST_CLASHES = 1000

/** What a run has done, or would do, to the rows that were there before. */
export class LinkCounts {
  linked = 0
  unmatchedUsers = 0
  #matched = 0
  readonly #clashes: Record<LinkClash, number> = {
    several_rows: 0,
    several_users: 0,
    address_unverified: 0,
    row_unproven: 0,
    row_taken: 0,
    user_has_row: 0,
    row_changed: 0,
  }
  readonly #clashing: { readonly id: string; readonly why: LinkClash }[] = []
  readonly #columns = new Map<string, Record<keyof LinkedColumn, number>>()

  constructor(private readonly overwrite: boolean) {}

  /** Whether nothing keeps a user from being written. */
  get isClear(): boolean {
    const { row_taken: _, user_has_row: __, ...unwritten } = this.#clashes
    return Object.values(unwritten).every((count) => count === 0)
  }

  all(): Omit<LinkReport, 'dryRun'> {
    return {
      matched: this.#matched,
      linked: this.linked,
      unmatchedUsers: this.unmatchedUsers,
      clashes: { ...this.#clashes },
      clashing: [...this.#clashing],
      columns: structuredClone(Object.fromEntries(this.#columns)),
    }
  }

  clash(id: string, why: LinkClash): void {
    this.#clashes[why]++
    if (this.#clashing.length < MOST_CLASHES) this.#clashing.push({ id, why })
  }

  /** @param row - as it was before it was linked */
  match({ values }: Upsert, row: object): void {
    this.#matched++
    for (const [column, mapped] of Object.entries(values)) {
      const stored: unknown = Reflect.get(row, column) ?? null
      if (isNone(stored)) continue
      if (isNone(mapped)) this.#add(column, this.overwrite ? 'lost' : 'kept')
      else if (!sameValue(stored, mapped)) this.#add(column, 'changed')
    }
  }

  #add(column: string, what: keyof LinkedColumn): void {
    const counts = this.#columns.get(column) ?? { changed: 0, kept: 0, lost: 0 }
    counts[what]++
    this.#columns.set(column, counts)
  }
}
