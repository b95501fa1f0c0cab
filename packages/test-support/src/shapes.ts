import {
  ENTITIES,
  type KitShape,
  PART_SHAPES,
  type PartShape,
  type PartTableName,
  SHAPES,
  type Shape,
  type SyncedTableName,
} from '@clerk-sync/adapter-testkit'
import type { Entity } from '@clerk-sync/core'
import type { PartTableName as PartOption } from '@clerk-sync/core/adapter'

type Tables<S extends Shape> = (typeof SHAPES)[S]['tables']

/** What an adapter is given for each shape of the kit: a table for each of its entities, and the ledger. */
export type Shapes<Table, Ledger> = {
  readonly [S in Shape]: {
    readonly [E in keyof Tables<S> & Entity as (typeof ENTITIES)[E]['table']]: Table
  } & ((typeof SHAPES)[S]['ledger'] extends true ? { readonly events: Ledger } : unknown)
}

export function shapesOf<Table, Ledger>(
  tableOf: (name: SyncedTableName) => Table,
  events: Ledger,
): Shapes<Table, Ledger> {
  const shapes = Object.entries<KitShape>(SHAPES).map(([shape, { tables, ledger }]) => {
    const given = Object.entries(tables).map(([entity, name]) => [ENTITIES[entity as Entity].table, tableOf(name)])
    return [shape, { ...Object.fromEntries(given), ...(ledger && { events }) }]
  })
  return Object.fromEntries(shapes)
}

type ShapesBeside<Table, Ledger, Versions> = {
  readonly [S in Shape]: Shapes<Table, Ledger>[S] & { readonly versions: Versions }
}

/** The same for tables whose versions are beside them. */
export function shapesBesideOf<Table, Ledger, Versions>(
  tableOf: (name: SyncedTableName) => Table,
  events: Ledger,
  versions: Versions,
): ShapesBeside<Table, Ledger, Versions> {
  const shapes = Object.entries(shapesOf(tableOf, events)).map(([shape, given]) => [shape, { ...given, versions }])
  return Object.fromEntries(shapes)
}

/** What an adapter is given for each shape with parts: `users`, a table for each kind of part, and what `others` has. */
export function partShapesOf<Table, PartTable, Others extends object>(
  users: Table,
  partTableOf: (name: PartTableName) => PartTable,
  others: Others,
): Readonly<Record<PartShape, Others & { readonly users: Table } & { readonly [Name in PartOption]?: PartTable }>> {
  const { parts, uniqueParts } = PART_SHAPES
  return {
    parts: {
      ...others,
      users,
      emailAddresses: partTableOf(parts.emailAddress),
      phoneNumbers: partTableOf(parts.phoneNumber),
      externalAccounts: partTableOf(parts.externalAccount),
      web3Wallets: partTableOf(parts.web3Wallet),
    },
    uniqueParts: { ...others, users, emailAddresses: partTableOf(uniqueParts.emailAddress) },
  }
}
