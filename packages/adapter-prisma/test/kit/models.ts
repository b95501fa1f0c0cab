// Node reads this file, and the kit's tables, as they are: it takes the types away, and resolves nothing else.
import { type KitColumn, type KitTable, TABLES } from '../../../adapter-testkit/src/tables.ts'

/** The models are called as the tables, in the singular: `OwnKeyUser`, and `prisma.ownKeyUser`, for `ownKeyUsers`. */
export type ModelName<Table extends string> = Table extends 'events'
  ? 'clerkEvent'
  : Table extends `${infer One}ies`
    ? `${One}y`
    : Table extends `${infer One}sses`
      ? `${One}ss`
      : Table extends `${infer One}s`
        ? One
        : Table

export function modelName<Table extends string>(table: Table): ModelName<Table> {
  return (
    table === 'events' ? 'clerkEvent' : table.replace(/ies$/, 'y').replace(/sses$/, 'sss').replace(/s$/, '')
  ) as ModelName<Table>
}

/** The kit's tables as the models of a Prisma schema; what the columns' own types are, the kit's SQL says. */
export function kitModels(versions: 'row' | 'beside' = 'row'): string {
  return Object.entries<KitTable>(TABLES)
    .map(([table, description]) => model(table, versions === 'row' ? description : withoutSyncColumns(description)))
    .concat(versions === 'row' ? DEAD_LETTERS : VERSIONS)
    .join('\n')
}

function withoutSyncColumns({ columns: { clerkVersion, deletedAt, ...columns }, ...table }: KitTable): KitTable {
  return { ...table, columns }
}

const VERSIONS = `model Version {
  tableName String @map("table_name")
  id String
  version String
  deletedAt DateTime? @map("deleted_at")

  @@id([tableName, id])
  @@map("versions")
}
`

const DEAD_LETTERS = `model ClerkDeadLetter {
  id String @id
  type String
  entityId String? @map("entity_id")
  code String
  payload String
  parkedAt DateTime @map("parked_at")

  @@index([entityId])
  @@map("dead_letters")
}
`

const TYPES: Readonly<Record<KitColumn['kind'], string>> = {
  key: 'String',
  text: 'String',
  json: 'Json',
  date: 'DateTime',
  boolean: 'Boolean',
  integer: 'Int',
  serial: 'Int',
}

function model(table: string, { columns, part }: KitTable): string {
  const name = modelName(table)
  const fields = Object.entries(columns).map(([property, column]) => `  ${field(property, column, part === undefined)}`)
  // Prisma wants a key in every model; nothing in `welcomes` is unique.
  const key = part ? ['  @@id([userId, id])'] : 'id' in columns ? [] : [`  @@id([${Object.keys(columns)}])`]
  return [`model ${name[0]?.toUpperCase()}${name.slice(1)} {`, ...fields, ...key, `  @@map("${table}")`, '}', ''].join(
    '\n',
  )
}

function field(property: string, { kind, notNull, unique, default: initial }: KitColumn, isKeyed: boolean): string {
  const column = property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const attributes = [
    isKeyed && property === 'id' && '@id',
    kind === 'serial' && '@default(autoincrement())',
    (unique || property === 'clerkId') && '@unique',
    initial !== undefined && `@default(${JSON.stringify(initial)})`,
    column !== property && `@map("${column}")`,
  ]
  return [property, `${TYPES[kind]}${notNull ? '' : '?'}`, ...attributes.filter(Boolean)].join(' ')
}
