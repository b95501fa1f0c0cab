import {
  type ColumnInfo,
  type ColumnNames,
  type Entity,
  LONGEST_VERSION,
  RESERVED_COLUMNS,
  referredBy,
  unfitForIds,
} from '@clerk-sync/core/adapter'
import { type BesideTable, type KeyedTable, nameInVersions, type SyncedTable } from '@clerk-sync/core/sql'
import type { ClientFacts } from './client.ts'
import { generatorOf, unknownDefault } from './generated-values.ts'
import { modelOf, need, needLength, refuse, schemaOf, sqlTable } from './model-table.ts'
import type { Field, Model } from './schema.ts'
import { sqlTypeOf } from './sql-type.ts'

/** @throws ClerkSyncError `config_invalid` for what the schema shows to be wrong. */
export function syncedTable(
  entity: Entity,
  name: string,
  facts: ClientFacts,
  hasVersions: boolean,
  names: ColumnNames,
): SyncedTable | BesideTable {
  const model = modelOf(name, facts)
  const fields = [...model.fields.values()]
  const {
    key = model.fields.has('clerkId') ? 'clerkId' : 'id',
    version = 'clerkVersion',
    deletedAt = 'deletedAt',
  } = names
  const nameIt = names.key === undefined ? ` ${NAME_IT}` : ''
  const id = need(model, key, `Add id String @id, or clerkId String @unique beside an id of your own.${nameIt}`)
  if (!id.unique || id.type !== 'String') {
    throw refuse(`${model.name}.${key} holds the Clerk id: it must be a String with @id or @unique.${nameIt}`)
  }
  const unfit = unfitFor(entity, id, facts)
  if (unfit) throw refuse(`${model.name}.${key} ${unfit}${nameIt}`)
  const isBeside = hasVersions && !model.fields.has(version)
  if (!isBeside) needSyncFields(model, entity, version, deletedAt)
  refuseUnknownDefaults(model)
  const ownId = key === 'id' ? undefined : model.fields.get('id')
  if (ownId && isRequired(ownId)) {
    throw refuse(`${model.name}.id is the application's own key and nothing fills it: give it a @default.`)
  }
  const taken = new Set([...RESERVED_COLUMNS, key, version, deletedAt])
  const keyed: KeyedTable = {
    ...sqlTable(model, facts),
    entity,
    properties: [...model.fields.keys()],
    key,
    columns: Object.fromEntries(
      fields.filter((field) => !taken.has(field.name)).map((field) => [field.name, infoOf(field, facts)]),
    ),
    computed: computedIn(model),
  }
  return isBeside
    ? { ...keyed, versions: 'beside', tableName: nameInVersions(model.table, schemaOf(model, facts)) }
    : { ...keyed, clerkVersion: version, deletedAt }
}

/** @throws ClerkSyncError `config_invalid` for a default that Prisma's client fills in a way that is not known. */
export function refuseUnknownDefaults({ name, fields }: Model): void {
  for (const field of fields.values()) {
    const unknown = unknownDefault(field)
    if (unknown === undefined) continue
    throw refuse(
      `${name}.${field.name} has @default(${unknown}()), which Prisma's client fills in a way that is not known ` +
        'here. Give it a default of the database, @default(dbgenerated("…")).',
    )
  }
}

/** What Prisma's client fills in a new row. */
export function computedIn({ fields }: Model): KeyedTable['computed'] {
  const fills = [...fields.values()].flatMap((field): [string, () => unknown][] => {
    const generate = generatorOf(field)
    return generate ? [[field.name, generate]] : []
  })
  return Object.fromEntries(fills)
}

const NAME_IT = "Or name the field that holds it: { model: '…', key: '…' }."

function needSyncFields(model: Model, entity: Entity, named: string, namedDeletedAt: string): void {
  const version = need(
    model,
    named,
    `Add ${named} String @default("0") and ${namedDeletedAt} DateTime?; or give prismaAdapter versions, the model ` +
      'ClerkVersion from the README, and leave the model as it is.',
  )
  if (version.type !== 'String' || version.optional || constantOf(version) !== '0') {
    throw refuse(`${model.name}.${named} must be String @default("0"), so that every row is below every event.`)
  }
  needLength(model, version, LONGEST_VERSION)
  const deletedAt = need(model, namedDeletedAt, `Add ${namedDeletedAt} DateTime?.`)
  if (deletedAt.type !== 'DateTime' || !deletedAt.optional) {
    throw refuse(`${model.name}.${namedDeletedAt} must be DateTime?: it is empty until Clerk deletes the ${entity}.`)
  }
}

export function unfitFor(entity: Entity, { type, nativeType }: Field, { database }: ClientFacts): string | undefined {
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

export function infoOf(field: Field, facts: ClientFacts): ColumnInfo {
  const constant = constantOf(field)
  const referred = referredBy(field.name)
  const unfit = referred && unfitFor(referred, field, facts)
  const takes = field.list ? 'list' : field.enumValues ? 'text' : TAKES[field.type]
  const type = sqlTypeOf(field, facts.database)
  return {
    // `@default(dbgenerated())`: how a schema says it of a generated column, and of nothing else.
    ...(isGenerated(field) && { generated: true }),
    ...(takes && { takes }),
    ...(type !== undefined && { type }),
    ...(field.enumValues && !field.list && { labels: [...field.enumValues.values()] }),
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

export function isRequired(field: Field): boolean {
  return !(field.optional || field.list || field.default || field.updatedAt)
}
