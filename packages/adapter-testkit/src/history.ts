import type { ClerkEvent } from '@clerk-sync/core'
import { type Entity, versionOf } from '@clerk-sync/core/adapter'
import { ENTITIES, type Facts, type Kind, type KitEntity } from './entities.ts'
import type { OnDelete } from './on-delete.ts'
import { NO_FACTS, type RowValues, rowValues, tombstoneValues } from './row.ts'
import type { SyncedTableName } from './tables.ts'

/** An event, and what the specification says of it. */
export interface KitEvent {
  readonly event: ClerkEvent
  readonly kind: Kind
  readonly deletes: boolean
  readonly version: string
  readonly values: RowValues
}

interface Times {
  /** Seconds after the kit's year zero, so that every precision keeps them. Default: as `at`. */
  readonly updatedAt?: number
  readonly at: number
}

/** The year zero of the kit's histories, in ms. */
export const YEAR_ZERO = 1_767_225_600_000

/** The types of all events that change an entity's row. */
export function typesOf(entity: Entity): readonly ClerkEvent['type'][] {
  return Object.values<KitEntity['events'][Kind]>(ENTITIES[entity].events).map(([type]) => type)
}

/** The events of one entity, as Clerk would send them. */
export class History {
  readonly events: KitEvent[] = []

  constructor(
    readonly entity: Entity,
    readonly table: SyncedTableName,
    readonly key: string,
    private readonly freshMessageId: () => string,
    /** What deletes do, where a test does not say otherwise. */
    readonly onDelete: OnDelete = 'erase',
    /** Whether its table has the versions beside it. */
    readonly isBeside = false,
  ) {}

  created(times: Times, facts: Partial<Facts> = {}): KitEvent {
    return this.add('created', times, facts)
  }

  updated(times: Times, facts: Partial<Facts> = {}): KitEvent {
    return this.add('updated', times, facts)
  }

  deleted(times: Times): KitEvent {
    return this.add('deleted', times, {})
  }

  add(kind: Kind, { at, updatedAt = at }: Times, given: Partial<Facts>): KitEvent {
    const { entity, key } = this
    const { events, deleteCarries, data }: KitEntity = ENTITIES[entity]
    const deletes = kind === 'deleted' && deleteCarries !== 'nothing'
    const facts = deletes ? {} : given
    const timestamp = YEAR_ZERO + at * 1000
    const updated = YEAR_ZERO + updatedAt * 1000
    const [type, rank] = events[kind]
    const version = (messageId: string) =>
      versionOf({ updatedAt: deletes ? 'deleted' : updated, occurredAt: timestamp, rank, messageId })

    // The hash that settles a perfect tie has six digits: two messages of one history must not share it.
    let id = this.freshMessageId()
    while (this.events.some((other) => other.version === version(id))) id = this.freshMessageId()

    const all = { ...NO_FACTS, ...facts }
    const snapshot = {
      id: key,
      public_metadata: all.metadata,
      created_at: YEAR_ZERO,
      updated_at: updated,
      ...data(key, all),
    }
    const body = deletes && deleteCarries === 'id' ? { id: key, deleted: true } : snapshot
    const values = deletes ? tombstoneValues(this.table, key) : rowValues(this.table, key, facts)
    const event = eventOf(type, id, timestamp, body)
    const kitEvent = { kind, deletes, version: version(id), values, event }
    this.events.push(kitEvent)
    return kitEvent
  }
}

/** An event of any type; `data` as Clerk sends it, cut down to what the library reads. */
export function eventOf(type: ClerkEvent['type'], id: string, timestamp: number, data: object): ClerkEvent {
  return { id, type, timestamp, instanceId: null, data } as object as ClerkEvent
}

export function idsOf(events: readonly KitEvent[]): string[] {
  return events.map(({ event }) => event.id)
}
