import type { Snapshot } from '../entities/define-entity.ts'
import type { Upsert } from '../port/sync-adapter.ts'
import type { ClerkTime } from './clerk-time.ts'
import type { DriftWriter, Mending } from './drift-writer.ts'
import { findDrift } from './find-drift.ts'
import { readOwned } from './one.ts'
import { ownersOf } from './owner-columns.ts'
import { isByList, type KnownAlive } from './prove-absences.ts'
import { readAhead } from './read-ahead.ts'
import type { Run } from './run.ts'
import type { ListedEntity } from './types.ts'
import type { Unlinked } from './unlinked.ts'
import type { EntityWalk } from './walk.ts'
import { walkOf } from './walk-entity.ts'

/** Some ids are enough to see that Clerk finds what it lists: one of them may be deleted meanwhile. */
const MOST_ALIVE = 5

/** From Clerk to the tables. */
export class ForwardWalk {
  readonly #alive = new Map<ListedEntity, readonly KnownAlive[]>()
  readonly #walks = new Map<ListedEntity, EntityWalk>()

  constructor(
    private readonly run: Run,
    private readonly writer: DriftWriter,
    private readonly unlinked: Unlinked,
    private readonly graceMs: number,
  ) {}

  /** Some that were listed, of each entity. Those for which a whole list is read are the last. */
  get alive(): readonly KnownAlive[] {
    const all = [...this.#alive.values()].reverse().flat()
    return [...all.filter((one) => !isByList(one)), ...all.filter(isByList)]
  }

  /** What was read of an entity. */
  seenOf(entity: ListedEntity): EntityWalk {
    return this.#walks.get(entity) as EntityWalk
  }

  async read(entity: ListedEntity): Promise<void> {
    const walk = walkOf(this.run.api, entity)
    this.#walks.set(entity, walk)
    for await (const page of readAhead(walk.pages())) {
      await this.compare(entity, page.items, page.time)
      this.run.progress.tell('list', entity, page.done, page.total)
    }
    this.run.progress.tell('list', entity, walk.seen.size, walk.seen.size)
  }

  /** Compares what Clerk gave with the rows that are there, and mends what differs. */
  async compare(entity: ListedEntity, items: readonly Snapshot[], time: ClerkTime): Promise<void> {
    const changes = new Map<Snapshot, Upsert>()
    for (const item of items) {
      const change = this.run.changeOf(entity, item, time)
      if (change) changes.set(item, change)
    }
    this.#note(entity, [...changes.values()])
    const keys = items.map(({ id }) => id)
    // Before the rows: of what is written in between, the row says that it is newer.
    const parts = await this.run.parts(entity, keys)
    const rows = await this.run.scan(entity, { keys })
    const byKey = new Map(rows.map((row) => [row.key, row]))
    const isBeside = this.run.access.adapter.tables[entity]?.versions === 'beside'
    const context = { entity, now: time.latest, graceMs: this.graceMs, isBeside, parts }
    const mendings: Mending[] = []
    for (const [item, change] of changes) {
      const row = byKey.get(item.id)
      const drift = findDrift(context, item, change, row)
      if (!drift) this.run.counts.add(entity, row?.deleted ? 'already_deleted' : 'unchanged')
      else if (drift.kind !== 'revived') mendings.push({ drift, change, seen: row?.version })
      else {
        const revived = await this.#revive(change, entity, row?.version ?? '')
        if (revived) mendings.push({ drift, change: revived, seen: row?.version })
      }
    }
    await this.writer.mend(await this.unlinked.without(mendings, items))
  }

  #note(entity: ListedEntity, changes: readonly Upsert[]): void {
    const owners = ownersOf(entity, this.run.access.mappings.of(entity))
    const some = changes.slice(-MOST_ALIVE).map(({ key: id, values }) => ({ entity, id, owners: owners(values) }))
    this.#alive.set(entity, [...some, ...(this.#alive.get(entity) ?? [])].slice(0, MOST_ALIVE))
  }

  /**
   * A tombstone that a read made, of what Clerk lists. The list may be older than the tombstone: Clerk is asked again, after
   * the row was seen.
   */
  async #revive({ key, values }: Upsert, entity: ListedEntity, seen: string): Promise<Upsert | undefined> {
    const owners = ownersOf(entity, this.run.access.mappings.of(entity))(values)
    const read = await readOwned(this.run.api, entity, key, owners)
    const change = read && this.run.changeOf(entity, read.snapshot, read.time)
    return change ? { ...change, expected: seen } : undefined
  }
}
