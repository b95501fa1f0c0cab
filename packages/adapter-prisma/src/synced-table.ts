import { ClerkSyncError } from '@clerk-sync/core'
import {
  type ColumnInfo,
  type Entity,
  LONGEST_VERSION,
  RESERVED_COLUMNS,
  referredBy,
  unfitForIds,
} from '@clerk-sync/core/adapter'
import {
  LEDGER_COLUMNS,
  LETTER_COLUMNS,
  type LedgerTable,
  type LettersTable,
  type SqlTable,
  type SyncedTable,
} from '@clerk-sync/core/sql'
import type { ClientFacts } from './client.ts'
import { encode } from './encode.ts'
import { generatorOf, unknownDefault } from './generated-values.ts'
import type { Field, Model } from './schema.ts'

/** @throws ClerkSyncError `config_invalid` for what the schema shows to be wrong. */
export function syncedTable(entity: Entity, name: string, facts: ClientFacts): SyncedTable {
  const model = modelOf(name, facts)
  const fields = [...model.fields.values()]
  const key = model.fields.has('clerkId') ? 'clerkId' : 'id'
  const id = need(model, key, 'Add id String @id, or clerkId String @unique beside an id of your own.')
  if (!id.unique || id.optional || id.type !== 'String') {
    throw refuse(`${model.name}.${key} holds the Clerk id: it must be a String with @id or @unique, and not optional.`)
  }
  const unfit = unfitFor(entity, id, facts)
  if (unfit) throw refuse(`${model.name}.${key} ${unfit}`)
  const version = need(model, 'clerkVersion', 'Add clerkVersion String @default("0").')
  if (version.type !== 'String' || version.optional || constantOf(version) !== '0') {
    throw refuse(`${model.name}.clerkVersion must be String @default("0"), so that every row is below every event.`)
  }
  if (version.length !== undefined && version.length < LONGEST_VERSION) {
    throw refuse(`${model.name}.clerkVersion must hold ${LONGEST_VERSION} characters: leave @db.VarChar out.`)
  }
  const deletedAt = need(model, 'deletedAt', 'Add deletedAt DateTime?.')
  if (deletedAt.type !== 'DateTime' || !deletedAt.optional) {
    throw refuse(`${model.name}.deletedAt must be DateTime?: it is empty until Clerk deletes the ${entity}.`)
  }
  for (const field of fields) {
    const unknown = unknownDefault(field)
    if (unknown === undefined) continue
    throw refuse(
      `${model.name}.${field.name} has @default(${unknown}()), which Prisma's client fills in a way that is not known ` +
        'here. Give it a default of the database, @default(dbgenerated("…")).',
    )
  }
  const ownId = key === 'clerkId' ? model.fields.get('id') : undefined
  if (ownId && isRequired(ownId)) {
    throw refuse(`${model.name}.id is the application's own key and nothing fills it: give it a @default.`)
  }
  return {
    ...sqlTable(model, facts),
    entity,
    properties: [...model.fields.keys()],
    key,
    clerkVersion: 'clerkVersion',
    deletedAt: 'deletedAt',
    columns: Object.fromEntries(
      fields.filter((field) => !RESERVED_COLUMNS.has(field.name)).map((field) => [field.name, infoOf(field, facts)]),
    ),
    computed: Object.fromEntries(
      fields.flatMap((field): [string, () => unknown][] => {
        const generate = generatorOf(field)
        return generate ? [[field.name, generate]] : []
      }),
    ),
  }
}

/** @throws ClerkSyncError `config_invalid` for a model that is not the ledger's. */
export function ledgerTable(name: string, facts: ClientFacts): LedgerTable {
  const model = modelOf(name, facts)
  for (const field of LEDGER_COLUMNS) need(model, field, 'Take the model ClerkEvent from the README as it is.')
  if (!model.fields.get('id')?.unique)
    throw refuse(`${model.name}.id must be String @id: it is how a duplicate is recognized.`)
  return sqlTable(model, facts)
}

/** @throws ClerkSyncError `config_invalid` for a model that is not that of dead letters. */
export function lettersTable(name: string, facts: ClientFacts): LettersTable {
  const model = modelOf(name, facts)
  for (const field of LETTER_COLUMNS)
    need(model, field, 'Take the model ClerkDeadLetter from docs/dead-letters.md as it is.')
  if (!model.fields.get('id')?.unique) throw refuse(`${model.name}.id must be String @id.`)
  return sqlTable(model, facts)
}

function sqlTable(model: Model, { database, schema }: ClientFacts): SqlTable {
  const mark = database === 'mysql' ? '`' : '"'
  const quote = (name: string) => mark + name.replaceAll(mark, mark + mark) + mark
  const prefix = model.schema ?? (database === 'postgres' ? schema : undefined)
  const fieldOf = (property: string) => model.fields.get(property) as Field
  return {
    name: model.name,
    quoted: prefix === undefined ? quote(model.table) : `${quote(prefix)}.${quote(model.table)}`,
    column: (property) => quote(fieldOf(property).column),
    encode: (property, value) => encode(model.name, fieldOf(property), value),
  }
}

function modelOf(name: string, { models }: ClientFacts): Model {
  const model = models.get(name)
  if (model) return model
  throw refuse(`The client has no model "${name}": it has ${[...models.keys()].join(', ')}.`)
}

function need(model: Model, name: string, fix: string): Field {
  const field = model.fields.get(name)
  if (field) return field
  throw refuse(`The model ${model.name} has no field ${name}. ${fix}`)
}

function unfitFor(entity: Entity, { type, nativeType }: Field, { database }: ClientFacts): string | undefined {
  const takesText = type === 'String' ? undefined : false
  return unfitForIds(entity, { type: nativeType ?? type, takesText, padsChars: database === 'postgres' })
}

/** Of decimals and large integers, the fields' own encoding says what it takes. */
const TAKES: Readonly<Record<string, ColumnInfo['takes']>> = {
  String: 'text',
  Int: 'number',
  Float: 'number',
  Boolean: 'boolean',
  DateTime: 'date',
  Json: 'json',
  Bytes: 'bytes',
}

function infoOf(field: Field, facts: ClientFacts): ColumnInfo {
  const constant = constantOf(field)
  const referred = referredBy(field.name)
  const unfit = referred && unfitFor(referred, field, facts)
  const takes = field.list ? 'list' : field.enumValues ? 'text' : TAKES[field.type]
  return {
    // `@default(dbgenerated())`: how a schema says it of a generated column, and of nothing else.
    ...(isGenerated(field) && { generated: true }),
    ...(takes && { takes }),
    // Prisma's lists take NULL in the database, and read as empty.
    nullable: field.optional || field.list,
    required: isRequired(field),
    // The same constant in every deleted row would clash in a unique column.
    ...(constant !== undefined &&
      !field.unique &&
      field.type !== 'Bytes' && { emptyValue: emptyValue(field, constant) }),
    ...(unfit && { unfitForIds: unfit }),
  }
}

function isGenerated({ default: given }: Field): boolean {
  return given?.kind === 'function' && given.name === 'dbgenerated' && given.argument === undefined
}

function constantOf(field: Field): unknown {
  return field.default?.kind === 'constant' ? field.default.value : undefined
}

function emptyValue(field: Field, constant: unknown): unknown {
  return field.type === 'Json' && !field.list ? JSON.parse(String(constant)) : constant
}

function isRequired(field: Field): boolean {
  return !(field.optional || field.list || field.default || field.updatedAt)
}

function refuse(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}
