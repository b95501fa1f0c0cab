import type { Snapshot } from '../entities/define-entity.ts'
import type { Upsert } from '../port/sync-adapter.ts'
import { Absence } from './absence.ts'
import type { ClerkTime } from './clerk-time.ts'
import type { DriftWriter, Mending } from './drift-writer.ts'
import { findDrift } from './find-drift.ts'
import { listOf } from './listed-entities.ts'
import { ownersOf } from './owner-columns.ts'
import type { KnownAlive } from './prove-absences.ts'
import { readAhead } from './read-ahead.ts'
import type { Run } from './run.ts'
import type { ListedEntity } from './types.ts'
import type { Unlinked } from './unlinked.ts'
import { Walk } from './walk.ts'

/** Some ids are enough to see that Clerk finds what it lists: one of them may be deleted meanwhile. */
const MOST_ALIVE = 5

/** From Clerk to the tables. */
export class ForwardWalk {
  readonly alive: KnownAlive[] = []
  readonly #walks = new Map<ListedEntity, Walk>()

  constructor(
    private readonly run: Run,
    private readonly writer: DriftWriter,
    private readonly unlinked: Unlinked,
    private readonly graceMs: number,
  ) {}

  /** What was read of an entity. */
  seenOf(entity: ListedEntity): Walk {
    return this.#walks.get(entity) as Walk
  }

  async read(entity: ListedEntity): Promise<void> {
    const walk = new Walk(this.run.api, listOf(entity))
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
    const rows = await this.run.scan(entity, { keys: items.map(({ id }) => id) })
    const byKey = new Map(rows.map((row) => [row.key, row]))
    const isBeside = this.run.access.adapter.tables[entity]?.versions === 'beside'
    const context = { entity, now: time.latest, graceMs: this.graceMs, isBeside }
    const mendings: Mending[] = []
    for (const [item, change] of changes) {
      const row = byKey.get(item.id)
      const drift = findDrift(context, item, change, row)
      if (!drift) this.run.counts.add(entity, row?.deleted ? 'already_deleted' : 'unchanged')
      else if (drift.kind !== 'revived') mendings.push({ drift, change, seen: row?.version })
      else {
        const revived = await this.#revive(entity, item, row?.version ?? '')
        if (revived) mendings.push({ drift, change: revived, seen: row?.version })
      }
    }
    await this.writer.mend(await this.unlinked.without(mendings, items))
  }

  #note(entity: ListedEntity, changes: readonly Upsert[]): void {
    const owners = ownersOf(entity, this.run.access.mappings.of(entity))
    const some = changes.slice(-MOST_ALIVE).flatMap(({ key: id, values }): KnownAlive[] => {
      const own = owners(values)
      return own ? [{ entity, id, owners: own }] : []
    })
    this.alive.splice(0, this.alive.length, ...[...some, ...this.alive].slice(0, MOST_ALIVE))
  }

  /**
   * A tombstone that a read made, of what Clerk lists. The list may be older than the tombstone: Clerk is asked again, after
   * the row was seen.
   */
  async #revive(entity: ListedEntity, item: Snapshot, seen: string): Promise<Upsert | undefined> {
    const mapping = this.run.access.mappings.of(entity)
    const owners = ownersOf(entity, mapping)(mapping.values(item))
    const proof = await new Absence(this.run.api).of(entity, item.id, owners)
    const change = proof?.is === 'there' && this.run.changeOf(entity, proof.snapshot, proof.time)
    return change ? { ...change, expected: seen } : undefined
  }
}
