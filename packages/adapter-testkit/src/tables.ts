import type { Entity } from '@clerk-sync/core'

/**
 * One column of the kit's tables. It takes NULL unless `notNull` is set.
 *
 * - `key`: a Clerk id, text up to 255 characters, case-sensitive; unique where it is the table's own
 * - `text`: at least 255 characters of any Unicode
 * - `json`: at least 128 KB
 * - `date`: a point in time, in ms or in seconds as `capabilities.datePrecisionMs` says
 * - `serial`: numbered by the database
 */
export interface KitColumn {
  readonly kind: 'key' | 'text' | 'json' | 'date' | 'boolean' | 'integer' | 'serial'
  readonly notNull?: true
  readonly default?: string | number | boolean
  readonly unique?: true
}

/** The columns in the order in which they, and their unique indexes, are declared. */
export interface KitTable {
  /** The column that holds the Clerk id; in `events` and `welcomes`, what rows are read by. */
  readonly key: string
  readonly columns: Readonly<Record<string, KitColumn>>
}

const text = { kind: 'text' } as const
const requiredText = { kind: 'text', notNull: true } as const
const json = { kind: 'json' } as const
const date = { kind: 'date' } as const
const key = { kind: 'key', notNull: true } as const

const syncColumns = {
  clerkVersion: { kind: 'text', notNull: true, default: '0' },
  deletedAt: date,
} as const
/** The application's own: no event may touch them. */
const applicationColumns = {
  tagline: { kind: 'text', default: 'hello' },
  score: { kind: 'integer', notNull: true, default: 7 },
} as const
const userColumns = {
  email: text,
  firstName: text,
  banned: { kind: 'boolean', notNull: true, default: false },
  publicMetadata: json,
  lastSignInAt: date,
  ...applicationColumns,
} as const
const ownId = { id: { kind: 'serial', notNull: true } } as const
const uniqueEmail = { email: { kind: 'text', unique: true } } as const
const requiredEmail = { email: { kind: 'text', notNull: true, unique: true } } as const

/**
 * The tables that a harness creates once, empty, before its tests. Names of tables and columns are those of the
 * adapter's schema (its properties); in the database they may be called what you like.
 *
 * The key is the primary key where it is called `id`, and a unique `clerkId` beside an own numbered `id` elsewhere.
 */
export const TABLES = {
  users: { key: 'id', columns: { id: key, ...userColumns, ...syncColumns } },
  organizations: {
    key: 'id',
    columns: { id: key, name: text, slug: text, publicMetadata: json, ...applicationColumns, ...syncColumns },
  },
  organizationMemberships: {
    key: 'id',
    columns: {
      id: key,
      organizationId: key,
      userId: key,
      role: requiredText,
      permissions: json,
      ...applicationColumns,
      ...syncColumns,
    },
  },
  sessions: {
    key: 'id',
    columns: {
      id: key,
      userId: key,
      status: requiredText,
      expireAt: date,
      ...applicationColumns,
      ...syncColumns,
    },
  },
  ownKeyUsers: { key: 'clerkId', columns: { ...ownId, clerkId: key, ...userColumns, ...syncColumns } },
  // A nullable and a required unique e-mail address, whose index is declared before the key's and after it: databases
  // look at unique indexes in this order.
  uniqueFirstUsers: {
    key: 'clerkId',
    columns: { ...ownId, ...uniqueEmail, clerkId: key, firstName: text, ...applicationColumns, ...syncColumns },
  },
  uniqueLastUsers: {
    key: 'id',
    columns: { id: key, ...uniqueEmail, firstName: text, ...applicationColumns, ...syncColumns },
  },
  requiredFirstUsers: {
    key: 'clerkId',
    columns: { ...ownId, ...requiredEmail, clerkId: key, firstName: text, ...applicationColumns, ...syncColumns },
  },
  requiredLastUsers: {
    key: 'id',
    columns: { id: key, ...requiredEmail, firstName: text, ...applicationColumns, ...syncColumns },
  },
  /** The ledger. */
  events: {
    key: 'id',
    columns: {
      id: key,
      type: requiredText,
      entityId: text,
      occurredAt: { kind: 'date', notNull: true },
      processedAt: { kind: 'date', notNull: true },
    },
  },
  /** What hooks write. Nothing in it is unique, so that a second write shows. */
  welcomes: { key: 'eventId', columns: { userId: requiredText, eventId: requiredText } },
} as const satisfies Readonly<Record<string, KitTable>>

export type TableName = keyof typeof TABLES

/** The tables that hold an entity. */
export type SyncedTableName = Exclude<TableName, 'events' | 'welcomes'>

/** What an adapter is given: which table holds which entity, and whether it has the ledger, `events`. */
export interface KitShape {
  readonly tables: { readonly [E in Entity]?: SyncedTableName }
  readonly ledger: boolean
}

export const SHAPES = {
  plain: {
    tables: {
      user: 'users',
      organization: 'organizations',
      organizationMembership: 'organizationMemberships',
      session: 'sessions',
    },
    ledger: true,
  },
  ownKey: { tables: { user: 'ownKeyUsers' }, ledger: true },
  withoutLedger: { tables: { user: 'users' }, ledger: false },
  uniqueFirst: { tables: { user: 'uniqueFirstUsers' }, ledger: true },
  uniqueLast: { tables: { user: 'uniqueLastUsers' }, ledger: true },
  requiredFirst: { tables: { user: 'requiredFirstUsers' }, ledger: true },
  requiredLast: { tables: { user: 'requiredLastUsers' }, ledger: true },
} as const satisfies Readonly<Record<string, KitShape>>

export type Shape = keyof typeof SHAPES
