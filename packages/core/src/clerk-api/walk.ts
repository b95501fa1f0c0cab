import type { EntityList, Snapshot } from '../entities/define-entity.ts'
import { prop } from '../port/prop.ts'
import { broken } from './api-errors.ts'
import type { ClerkApi, Query } from './clerk-api.ts'
import type { ClerkTime } from './clerk-time.ts'
import { type Listed, listedOf, readCount, readList } from './pages.ts'
import { SeenIds } from './seen-ids.ts'

/** Larger ones are answered with ten rows, in silence. */
const PAGE = 500
/** How many rows of a page the next one has as well, where rows move while they are read. */
const OVERLAP = 50
const MOST_WALKS = 6

/** Where a walk goes on. */
export interface Position {
  /** How many walks were made before: a list that drifts is read until one finds nothing new. */
  readonly walk: number
  /** How many were met in this walk before it was interrupted. */
  readonly met?: number
  readonly offset?: number
  readonly cursor?: Cursor
}

interface Cursor {
  readonly id: string
  readonly createdAt: number
}

/** What a walk gives to be written: each id once. */
export interface Page {
  readonly items: readonly Snapshot[]
  readonly time: ClerkTime
  /** How many different ones were met, and how many there are. */
  readonly done: number
  readonly total: number | null
  /** Where to go on once this page is written. */
  readonly next: Position
}

/** All of an entity, as far as the Backend API gives it, while it changes. */
export interface EntityWalk {
  readonly seen: SeenIds
  /** Whether all was met: read until nothing came, as many as Clerk counts, and, of a list that drifts, nothing new at last. */
  readonly complete: boolean
  pages(from?: Position): AsyncGenerator<Page>
}

/** All of one of Clerk's lists. */
export class Walk implements EntityWalk {
  readonly seen = new SeenIds()
  complete = false
  #total: number | null = null

  constructor(
    private readonly api: ClerkApi,
    private readonly list: EntityList,
    private readonly toSnapshot: (item: Snapshot) => Snapshot = (item) => item,
  ) {}

  async *pages(from: Position = { walk: 0 }): AsyncGenerator<Page> {
    const { paging, count } = this.list
    let position = from
    if (count) this.#total = await readCount(this.api, count)
    for (let walk = from.walk; walk < MOST_WALKS && !this.complete; walk++) {
      const before = this.seen.size
      yield* this.#once(position)
      if (count) this.#total = await readCount(this.api, count)
      const isCounted = (position.met ?? 0) + this.seen.size >= (this.#total ?? 0)
      this.complete = isCounted && (paging === 'cursor' || this.seen.size === before)
      position = { walk: walk + 1 }
    }
  }

  async *#once(from: Position): AsyncGenerator<Page> {
    const { walk, met = 0 } = from
    let position = from
    for (;;) {
      const listed = await this.#read(position)
      this.#total = listed.total ?? this.#total
      // A short page is no proof of the end.
      if (listed.items.length === 0) return
      const items = listed.items.filter(({ id }) => this.seen.add(id)).map(this.toSnapshot)
      const done = met + this.seen.size
      position = { walk, met: done, ...this.#after(position, listed.items) }
      yield { items, time: listed.time, done, total: this.#total, next: position }
    }
  }

  #after({ offset = 0, cursor }: Position, items: readonly Snapshot[]): Pick<Position, 'offset' | 'cursor'> {
    const { path, paging } = this.list
    if (paging === 'offset') {
      if (offset > (this.#total ?? 0) + PAGE * 2) throw broken(path, 'it goes on behind its own end')
      return { offset: offset + (items.length > OVERLAP * 2 ? items.length - OVERLAP : items.length) }
    }
    const last = items.at(-1)
    if (!last || last.id === cursor?.id) throw broken(path, 'starting_after is ignored')
    return { cursor: { id: last.id, createdAt: Number(prop(last, 'created_at') ?? 0) } }
  }

  async #read({ offset, cursor }: Position): Promise<Listed> {
    const { path, paging, newestFirst } = this.list
    const query: Query = { limit: PAGE, ...(!newestFirst && { order_by: 'created_at' }), ...this.list.query }
    if (paging === 'offset') return readList(this.api, path, { ...query, offset: offset ?? 0 })
    if (!cursor) return readList(this.api, path, query)
    const answer = await this.api.get(path, { ...query, starting_after: cursor.id })
    if (answer.status === 200) return listedOf(path, answer)
    // The cursor's own row is gone: on from its time, which the rows beside it share.
    return readList(this.api, path, { ...query, created_at_after: Math.max(0, cursor.createdAt - 1) })
  }
}
