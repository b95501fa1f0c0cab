import type { ClerkEvent } from '@clerk-sync/core'
import { type Entity, versionOf } from '@clerk-sync/core/adapter'
import { type Facts, organizationOf, ownerOf, type RowValues, rowValues, tombstoneValues } from './row.ts'
import type { SyncedTableName } from './tables.ts'

export type Kind = 'created' | 'updated' | 'deleted'

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

const types: Readonly<Record<Entity, Readonly<Record<Kind, ClerkEvent['type']>>>> = {
  user: { created: 'user.created', updated: 'user.updated', deleted: 'user.deleted' },
  organization: { created: 'organization.created', updated: 'organization.updated', deleted: 'organization.deleted' },
  organizationMembership: {
    created: 'organizationMembership.created',
    updated: 'organizationMembership.updated',
    deleted: 'organizationMembership.deleted',
  },
  // Clerk deletes no invitations and no sessions: they end.
  organizationInvitation: {
    created: 'organizationInvitation.created',
    updated: 'organizationInvitation.accepted',
    deleted: 'organizationInvitation.revoked',
  },
  // The end of a session outranks a change at the same time.
  session: { created: 'session.created', updated: 'session.pending', deleted: 'session.ended' },
}

/** The types of all events that change an entity's row, as the kit tells them. */
export function typesOf(entity: Entity): readonly ClerkEvent['type'][] {
  return Object.values(types[entity])
}

/** The events of one entity, as Clerk would send them. */
export class History {
  readonly events: KitEvent[] = []

  constructor(
    readonly entity: Entity,
    readonly table: SyncedTableName,
    readonly key: string,
    private readonly freshMessageId: () => string,
  ) {}

  created(times: Times, facts: Facts = {}): KitEvent {
    return this.tell('created', times, facts)
  }

  updated(times: Times, facts: Facts = {}): KitEvent {
    return this.tell('updated', times, facts)
  }

  deleted(times: Times): KitEvent {
    return this.tell('deleted', times, {})
  }

  tell(kind: Kind, { at, updatedAt = at }: Times, told: Facts): KitEvent {
    const { entity, key } = this
    const deletes = kind === 'deleted' && entity !== 'session'
    const facts = deletes ? {} : told
    const timestamp = YEAR_ZERO + at * 1000
    const updated = YEAR_ZERO + updatedAt * 1000
    const rank = kind === 'created' ? 0 : kind === 'deleted' && entity === 'session' ? 2 : 1
    const version = (messageId: string) =>
      versionOf({ updatedAt: deletes ? 'deleted' : updated, occurredAt: timestamp, rank, messageId })

    // The hash that settles a perfect tie has six digits: two messages of one history must not share it.
    let id = this.freshMessageId()
    while (this.events.some((other) => other.version === version(id))) id = this.freshMessageId()

    const data =
      deletes && entity !== 'organizationMembership' ? { id: key, deleted: true } : wire(entity, key, facts, updated)
    const values = deletes ? tombstoneValues(this.table, key) : rowValues(this.table, key, facts)
    const event = eventOf(types[entity][kind], id, timestamp, data)
    const kitEvent = { kind, deletes, version: version(id), values, event }
    this.events.push(kitEvent)
    return kitEvent
  }
}

/** An event of any type; `data` as Clerk sends it, cut down to what the library reads. */
export function eventOf(type: ClerkEvent['type'], id: string, timestamp: number, data: object): ClerkEvent {
  return { id, type, timestamp, instanceId: null, data } as object as ClerkEvent
}

function wire(entity: Entity, id: string, facts: Facts, updated: number): object {
  const { email = null, name = null, metadata = null, date = null, flag = false } = facts
  const common = { id, public_metadata: metadata, created_at: YEAR_ZERO, updated_at: updated }
  if (entity === 'user') {
    const addresses = email === null ? [] : [{ id: 'idn_1', email_address: email, verification: null, linked_to: [] }]
    return {
      ...common,
      email_addresses: addresses,
      primary_email_address_id: email === null ? null : 'idn_1',
      first_name: name,
      last_name: null,
      banned: flag,
      last_sign_in_at: date,
    }
  }
  if (entity === 'organization') return { ...common, name, slug: email }
  if (entity === 'session') return { ...common, user_id: ownerOf(id), status: name ?? 'active', expire_at: date }
  return {
    ...common,
    role: name ?? 'org:member',
    permissions: metadata && Object.keys(metadata),
    organization: { id: organizationOf(id) },
    public_user_data: { user_id: ownerOf(id) },
  }
}
