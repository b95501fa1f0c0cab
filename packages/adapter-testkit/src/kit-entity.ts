// Node reads this file as it is, before a build: see entities.ts.
import type { ClerkEvent, Entity } from '@clerk-sync/core'
import type { KitColumn } from './kit-column.ts'

export type Kind = 'created' | 'updated' | 'deleted'

/** What an event says, in words that fit every entity. */
export interface Facts {
  readonly email: string | null
  readonly name: string | null
  readonly metadata: Record<string, unknown> | null
  /** In ms since 1970. */
  readonly date: number | null
  readonly flag: boolean
}

/** All that the suite knows of an entity: its row in the tests' tables. */
export interface KitEntity {
  /** Its table, named as the option by which most adapters are given it. */
  readonly table: string
  /** The columns that are filled from Clerk. */
  readonly columns: Readonly<Record<string, KitColumn>>
  /** An event of each kind, and its rank: which of two snapshots stays that tie in both their times. */
  readonly events: Readonly<Record<Kind, readonly [type: ClerkEvent['type'], rank: 0 | 1 | 2]>>
  /** What the event of the kind `deleted` carries; `nothing` where Clerk sends no delete, and the last event is a snapshot. */
  readonly deleteCarries: 'id' | 'snapshot' | 'nothing'
  /** What Clerk sends beside the id, the public metadata and the times, as far as the library reads it. */
  data(key: string, facts: Facts): object
  /** What it writes into the columns: dates in ms, JSON as objects. */
  values(key: string, facts: Facts): Readonly<Record<string, unknown>>
}

export const clerkId = { kind: 'key' } as const
export const requiredClerkId = { kind: 'key', notNull: true } as const
export const text = { kind: 'text' } as const
export const requiredText = { kind: 'text', notNull: true } as const
export const json = { kind: 'json' } as const
export const date = { kind: 'date' } as const

/** Some of the entities. */
export type KitEntities = { readonly [E in Entity]?: KitEntity }

/** The user whom an entity of the kit belongs to. */
export function ownerOf(key: string): string {
  return `user_of_${key}`
}

/** And the organization. */
export function organizationOf(key: string): string {
  return `org_of_${key}`
}
