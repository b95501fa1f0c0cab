import type { Entity, Part } from '@clerk-sync/core'
import { ENTITIES, ENTITY_NAMES } from './entities.ts'
import type { KitColumn } from './kit-column.ts'
import { PART_NAMES, PARTS } from './parts.ts'

export type { KitColumn } from './kit-column.ts'

/** The columns in the order in which they, and their unique indexes, are declared. */
export interface KitTable {
  /** The column that holds the Clerk id; in `events`, `welcomes` and tables of parts, what rows are read by. */
  readonly key: string
  /** Of a table of parts: what it has rows of. Its primary key is `userId` and `id`. */
  readonly part?: Part
  /** Whose rows it holds; none in `events`, `welcomes` and tables of parts. */
  readonly entity?: Entity
  readonly columns: Readonly<Record<string, KitColumn>>
}

const key = { kind: 'key', notNull: true } as const
const nullableKey = { kind: 'key' } as const
const ownId = { id: { kind: 'serial', notNull: true } } as const
const requiredText = { kind: 'text', notNull: true } as const
/** The application's own: no event may touch them. */
const applicationColumns = {
  tagline: { kind: 'text', default: 'hello' },
  score: { kind: 'integer', notNull: true, default: 7 },
} as const
const syncColumns = {
  clerkVersion: { kind: 'text', notNull: true, default: '0' },
  deletedAt: { kind: 'date' },
} as const
/** Beside what comes from Clerk. */
const otherColumns = { ...applicationColumns, ...syncColumns }

type Entities = typeof ENTITIES
type EntityTables = {
  readonly [E in Entity as Entities[E]['table']]: {
    readonly key: 'id'
    readonly entity: E
    readonly columns: { readonly id: typeof key } & Entities[E]['columns'] & typeof otherColumns
  }
}

/** A table of each entity. */
const entityTables = Object.fromEntries(
  ENTITY_NAMES.map((entity) => {
    const { table, columns } = ENTITIES[entity]
    return [table, { key: 'id', entity, columns: { id: key, ...columns, ...otherColumns } }]
  }),
) as EntityTables

type PartTables = {
  readonly [P in Part as (typeof PARTS)[P]['table']]: {
    readonly key: 'userId'
    readonly part: P
    readonly columns: { readonly userId: typeof key; readonly id: typeof key } & (typeof PARTS)[P]['columns'] &
      typeof applicationColumns
  }
}

/** A table of each kind of part. */
const partTables = Object.fromEntries(
  PART_NAMES.map((part) => {
    const { table, columns } = PARTS[part]
    return [table, { key: 'userId', part, columns: { userId: key, id: key, ...columns, ...applicationColumns } }]
  }),
) as PartTables

const { email, firstName } = ENTITIES.user.columns
const uniqueEmail = { email: { ...email, unique: true } } as const
const requiredEmail = { email: { ...email, notNull: true, unique: true } } as const
const named = { firstName, ...otherColumns }

/**
 * The tables that a harness creates once, empty, before its tests. Names of tables and columns are those of the
 * adapter's schema (its properties); in the database they may be called what you like.
 *
 * The key is the primary key where it is called `id`, and a unique `clerkId` beside an own numbered `id` elsewhere, which
 * takes NULL in `ownKeyUsers`.
 */
export const TABLES = {
  ...entityTables,
  ownKeyUsers: {
    key: 'clerkId',
    entity: 'user',
    // A row may be there before its user.
    columns: { ...ownId, clerkId: nullableKey, ...ENTITIES.user.columns, ...otherColumns },
  },
  // A nullable and a required unique e-mail address, whose index is declared before the key's and after it: databases
  // look at unique indexes in this order.
  uniqueFirstUsers: {
    key: 'clerkId',
    entity: 'user',
    columns: { ...ownId, ...uniqueEmail, clerkId: key, ...named },
  },
  uniqueLastUsers: { key: 'id', entity: 'user', columns: { id: key, ...uniqueEmail, ...named } },
  requiredFirstUsers: {
    key: 'clerkId',
    entity: 'user',
    columns: { ...ownId, ...requiredEmail, clerkId: key, ...named },
  },
  requiredLastUsers: { key: 'id', entity: 'user', columns: { id: key, ...requiredEmail, ...named } },
  ...partTables,
  uniqueEmailAddresses: {
    key: 'userId',
    part: 'emailAddress',
    columns: { userId: key, id: key, emailAddress: { kind: 'text', unique: true }, verified: { kind: 'boolean' } },
  },
  /** The ledger. */
  events: {
    key: 'id',
    columns: {
      id: key,
      type: requiredText,
      entityId: { kind: 'text' },
      occurredAt: { kind: 'date', notNull: true },
      processedAt: { kind: 'date', notNull: true },
    },
  },
  /** What hooks write. Nothing in it is unique, so that a second write shows. */
  welcomes: { key: 'eventId', columns: { userId: requiredText, eventId: requiredText } },
} as const satisfies Readonly<Record<string, KitTable>>

export type TableName = keyof typeof TABLES

/** The tables that hold an entity. */
export type SyncedTableName = Exclude<TableName, 'events' | 'welcomes' | PartTableName>

/** The tables of parts. */
export type PartTableName = (typeof PARTS)[Part]['table'] | 'uniqueEmailAddresses'

/** What an adapter of {@link PartsHarness} is given beside `users` and the ledger. */
export const PART_SHAPES = {
  parts: {
    emailAddress: 'emailAddresses',
    phoneNumber: 'phoneNumbers',
    externalAccount: 'externalAccounts',
    web3Wallet: 'web3Wallets',
  },
  /** With a unique e-mail address. */
  uniqueParts: { emailAddress: 'uniqueEmailAddresses' },
} as const satisfies Readonly<Record<string, { readonly [P in Part]?: PartTableName }>>

export type PartShape = keyof typeof PART_SHAPES

/** What an adapter is given: which table holds which entity, and whether it has the ledger, `events`. */
export interface KitShape {
  readonly tables: { readonly [E in Entity]?: SyncedTableName }
  readonly ledger: boolean
}

export const SHAPES = {
  plain: {
    tables: Object.fromEntries(ENTITY_NAMES.map((entity) => [entity, ENTITIES[entity].table])) as {
      readonly [E in Entity]: Entities[E]['table']
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

/**
 * The columns that a map may fill: neither its key nor the sync columns, nor a number that the database gives.
 *
 * @example
 * ```ts
 * import { fillableColumns } from '@clerk-sync/adapter-testkit'
 *
 * // For a harness that creates the table of the users in its own store.
 * export const columns = Object.entries(fillableColumns('users')).map(([name, { notNull = false }]) => ({ name, notNull }))
 * ```
 */
export function fillableColumns(table: TableName): Readonly<Record<string, KitColumn>> {
  const { columns, key, part }: KitTable = TABLES[table]
  const isFillable = (name: string) => !NOT_FILLABLE.has(name) && !(part && name === key)
  return Object.fromEntries(Object.entries(columns).filter(([name]) => isFillable(name)))
}

const NOT_FILLABLE: ReadonlySet<string> = new Set(['id', 'clerkId', ...Object.keys(syncColumns)])

/** The columns of a table whose versions are beside it. */
export function withoutSyncColumns(table: TableName): Readonly<Record<string, KitColumn>> {
  const columns = Object.entries<KitColumn>(TABLES[table].columns)
  return Object.fromEntries(columns.filter(([name]) => name !== 'clerkVersion' && name !== 'deletedAt'))
}
