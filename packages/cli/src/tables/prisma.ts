import {
  type Column,
  type DatabaseName,
  hasVersionsBeside,
  isSynced,
  type Kind,
  singular,
  type Table,
  type TableOptions,
} from './table.ts'

const TYPES: { readonly [K in Kind]: string } = {
  clerkId: 'String',
  text: 'String',
  longText: 'String',
  list: 'Json',
  date: 'DateTime',
  amount: 'Int',
  number: 'Int',
  serial: 'Int',
}

const VERSIONS = `model ClerkVersion {
  tableName String    @map("table_name")
  id        String
  version   String
  deletedAt DateTime? @map("deleted_at")

  @@id([tableName, id])
  @@map("clerk_versions")
}
`

export const LEDGER_MODEL = 'ClerkEvent'

const LEDGER = `/// The messages whose hook has run.
model ${LEDGER_MODEL} {
  id          String   @id
  type        String
  entityId    String?
  occurredAt  DateTime
  processedAt DateTime

  @@index([processedAt])
}
`

/** As the client has it: `prisma.organizationMembership`. */
const delegateOf = singular

export const modelName = (table: string) => `${table.charAt(0).toUpperCase()}${singular(table).slice(1)}`

/** The models of a Prisma schema. */
export const prismaModels = (tables: readonly Table[], database: DatabaseName, { ledger }: TableOptions = {}) =>
  [
    ...tables.map((table) => prismaModel(table, tables, database)),
    ...(hasVersionsBeside(tables) ? [VERSIONS] : []),
    ...(ledger ? [LEDGER] : []),
  ].join('\n')

/** What `prismaAdapter` is given: the properties of an object. */
export function prismaClerkTables(
  tables: readonly Table[],
  { ledger }: TableOptions = {},
  delegate: (name: string) => string = delegateOf,
): readonly string[] {
  const models = tables.filter(isSynced).map(({ name }) => `${name}: '${delegate(name)}'`)
  return [
    ...models,
    ...(hasVersionsBeside(tables) ? ["versions: 'clerkVersion'"] : []),
    ...(ledger ? ["events: 'clerkEvent'"] : []),
  ]
}

type Field = readonly [name: string, type: string, attributes: string, comment: string]

/** The model of a table, with its relations to those of `tables`. */
export function prismaModel(table: Table, tables: readonly Table[], database: DatabaseName): string {
  const { name, versions, columns, unique = [], indexes = [] } = table
  const fields = columns.map((column): Field => {
    const optional = column.primary || column.required ? '' : '?'
    return [column.name, `${TYPES[column.kind]}${optional}`, attributesOf(column, database), column.comment ?? '']
  })
  const sync: Field[] = [
    ['clerkVersion', 'String', '@default("0")', ''],
    ['deletedAt', 'DateTime?', '', ''],
  ]
  const keys = [
    ...unique.map((of) => `  @@unique([${of.join(', ')}])\n`),
    ...indexes.map((of) => `  @@index([${of.join(', ')}])\n`),
  ]
  const groups = [
    linesOf([...fields, ...(versions === 'row' ? sync : [])]),
    linesOf([...relationsOf(table), ...relationsTo(table, tables)]),
    keys.join(''),
  ]
  return `model ${modelName(name)} {\n${groups.filter(Boolean).join('\n')}}\n`
}

function attributesOf({ kind, primary }: Column, database: DatabaseName): string {
  if (kind === 'serial') return '@id @default(autoincrement())'
  if (primary) return '@id'
  // Prisma's String is varchar(191) on MySQL, and Clerk's values may be longer.
  if (database === 'mysql' && kind === 'text') return '@db.VarChar(255)'
  if (database === 'mysql' && kind === 'longText') return '@db.Text'
  return ''
}

const relationsOf = ({ columns }: Table) =>
  columns.flatMap(({ name, required, references }): Field[] => {
    if (!references) return []
    const onDelete = references.onDelete === 'cascade' ? 'Cascade' : 'SetNull'
    const type = `${modelName(references.table)}${required ? '' : '?'}`
    const attribute = `@relation(fields: [${name}], references: [id], onDelete: ${onDelete})`
    return [[name.replace(/Id$/, ''), type, attribute, '']]
  })

/** Prisma wants both ends of a relation. */
const relationsTo = ({ name }: Table, tables: readonly Table[]) =>
  tables.flatMap((other): Field[] =>
    other.columns.some(({ references }) => references?.table === name)
      ? [[other.name, `${modelName(other.name)}[]`, '', '']]
      : [],
  )

function linesOf(fields: readonly Field[]): string {
  const width = Math.max(0, ...fields.map(([name]) => name.length))
  const typeWidth = Math.max(0, ...fields.map(([, type]) => type.length))
  return fields
    .map(([name, type, attributes, comment]) => {
      const code = `  ${name.padEnd(width)} ${attributes ? type.padEnd(typeWidth) : type} ${attributes}`.trimEnd()
      return `${code}${comment ? ` // ${comment}` : ''}\n`
    })
    .join('')
}
