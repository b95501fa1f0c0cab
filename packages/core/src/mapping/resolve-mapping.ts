import { definitionOf, type Entity } from '../entities/all-entities.ts'
import { deletedMapOf } from '../entities/deleted-map-of.ts'
import { snakeCase } from '../port/casing.ts'
import { looksLikeClerkId } from '../port/id-column.ts'
import type { DeleteMode, TableInfo, Tombstones, Values } from '../port/sync-adapter.ts'
import { type Fill, fillColumns, type MappedSource } from './fill-columns.ts'
import { fitValue } from './fit-value.ts'
import { mapParts, type PartsMapping, type PartTables } from './map-parts.ts'
import { type Fields, invalidMap } from './run-map.ts'
import { storablePayload } from './storable.ts'
import { tombstoneRow } from './tombstone-row.ts'

/** How an entity fills its table: tried with samples, so that nothing unexpected is ever written. */
export interface Mapping extends Partial<PartsMapping> {
  /** What a delete does to a row. */
  readonly mode: DeleteMode
  /** What an upsert writes. */
  values(json: object): Values
  /** What a delete writes, into an existing row or a new one. */
  deletedValues(data: { id: string }): Values
  /** The columns that an upsert fills. */
  readonly columns: readonly string[]
  /** What an upsert writes of a sample of Clerk's. */
  sample(): Values
  /** The same for each value of a field that has a few alone. */
  readonly variants: readonly Variant[]
  /** What deletes leave; undefined for what Clerk sends no deletes of. */
  tombstones(): Tombstones | undefined
}

/** A sample with one of the values that Clerk gives a field. */
export interface Variant {
  readonly field: string
  readonly value: string
  /** @throws ClerkSyncError `config_invalid` where the map does not take the value. */
  sample(): Values
}

export type Mappings = { readonly [E in Entity]?: Mapping }

/** The maps as given: what each name holds is found out when it runs. */
export type GivenMaps = Readonly<Record<string, unknown>>

/**
 * Joins each table with its maps, and finds out what cannot work.
 *
 * @throws ClerkSyncError `config_invalid`, with what to do.
 */
export function resolveMappings(
  tables: { readonly [E in Entity]?: TableInfo },
  maps: GivenMaps,
  modeOf: (entity: Entity) => DeleteMode,
  parts: PartTables = {},
): Mappings {
  const entries = Object.entries(tables) as [Entity, TableInfo][]
  const names = [...entries.flatMap(([entity]) => [entity, deletedMapOf(entity)]), ...Object.keys(parts)]
  const unknown = Object.keys(maps).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw invalidMap(
      `map.${unknown} is for no table that the adapter was given. It could be: ${names.join(', ') || 'none'}.`,
    )
  }
  return Object.fromEntries(
    entries.map(([entity, table]) => {
      const mapping = resolveMapping(entity, table, maps, modeOf(entity))
      const ofEntity = mapParts(entity, parts, (source, one) => valuesOf(source, one, maps[source.name]).values)
      return [entity, { ...mapping, ...ofEntity }]
    }),
  )
}

function resolveMapping(entity: Entity, table: TableInfo, maps: GivenMaps, mode: DeleteMode): Mapping {
  const definition = definitionOf(entity)
  const { deleteCarries, samples } = definition
  const { full, sparse } = samples
  const { values, filled } = valuesOf(definition, table, maps[entity])
  const deletedName = deletedMapOf(entity)
  const deleted = tombstoneRow({
    entity,
    table,
    mapped: new Set(Object.keys(filled)),
    byDefault: maps[entity] === undefined,
    map: { name: deletedName, run: maps[deletedName] },
    values,
    mode,
  })
  const deletedValues: Mapping['deletedValues'] = (data) => fitted(`map.${deletedName}`, table, deleted(data))
  deletedValues(full)
  deletedValues(sparse)
  const tombstones = (): Tombstones | undefined => {
    if (deleteCarries === 'nothing' || mode === 'remove') return undefined
    const held = mode === 'keep' ? values : deletedValues
    return {
      mode,
      written: deletedValues(full),
      held: [held({ ...full, id: `${full.id}_1` }), held({ ...full, id: `${full.id}_2` })],
    }
  }
  const sample = () => values(full)
  const variants = variantsOf(entity, values)
  return { mode, values, deletedValues, columns: Object.keys(sample()), sample, variants, tombstones }
}

/**
 * What is written of each snapshot, tried with the samples.
 *
 * @throws ClerkSyncError `config_invalid`, with what to do.
 */
export function valuesOf(
  source: MappedSource,
  table: TableInfo,
  map: unknown,
): { readonly values: Mapping['values']; readonly filled: Fields } {
  const { name, samples } = source
  const fill = fillColumns(source, table, map)
  const filled = fill(samples.full)
  demandRequiredColumns(name, table, filled)
  const values = withTheSameColumns(source, table, fill, filled)
  refuseUnfitReferences(name, table, filled)
  const filler = map === undefined ? `The record of a ${name}` : `map.${name}`
  demandValues(name, filler, table, values(samples.full))
  demandValues(name, filler, table, values(samples.sparse))
  return { values, filled }
}

function variantsOf(entity: Entity, values: Mapping['values']): Variant[] {
  const { samples, values: known = {} } = definitionOf(entity)
  return Object.entries(known).flatMap(([field, all]) =>
    all.map((value) => ({ field, value, sample: () => values({ ...samples.full, [snakeCase(field)]: value }) })),
  )
}

function demandRequiredColumns(name: string, table: TableInfo, filled: Fields): void {
  for (const [column, info] of Object.entries(table.columns)) {
    if (!info.required || filled[column] !== undefined) continue
    throw invalidMap(
      `Nothing fills ${table.name}.${column}, which is NOT NULL and has no default: return it from map.${name}, ` +
        'or give the column a default.',
    )
  }
}

/** Found with the sparse sample, where only the first user without a name would show it. */
function demandValues(source: string, filler: string, table: TableInfo, row: Values): void {
  const column = Object.keys(row).find((name) => row[name] === null && table.columns[name]?.nullable === false)
  if (column === undefined) return
  throw invalidMap(
    `${filler} gives null for ${table.name}.${column}, which is NOT NULL, when Clerk sends no value: return one from ` +
      `map.${source} that stands for none, or let the column take NULL.`,
  )
}

function fitted(name: string, { columns }: TableInfo, row: Values): Values {
  const entries = Object.entries(row).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    entries.map(([column, value]) => [column, fitValue(name, column, columns[column] ?? {}, value)]),
  )
}

function refuseUnfitReferences(name: string, table: TableInfo, filled: Fields): void {
  for (const [column, { unfitForIds }] of Object.entries(table.columns)) {
    if (unfitForIds === undefined || !looksLikeClerkId(filled[column])) continue
    throw invalidMap(`${table.name}.${column} ${unfitForIds} Or return what it takes from map.${name}.`)
  }
}

/** A column left out of some rows would depend on the order of their events: what the payload lacks is null. */
function withTheSameColumns(
  { name, samples }: MappedSource,
  table: TableInfo,
  fill: Fill,
  filled: Fields,
): Mapping['values'] {
  const written = Object.keys(filled).filter((column) => filled[column] !== undefined)
  const demand = (row: Fields, complete: boolean) => {
    const extra = Object.keys(row).find((column) => row[column] !== undefined && filled[column] === undefined)
    const lacking = written.find(
      (column) => row[column] === undefined && (complete || table.columns[column]?.nullable === false),
    )
    const column = extra ?? lacking
    if (column === undefined) return
    throw invalidMap(
      `map.${name} fills "${column}" for some inputs and leaves it out for others, so that the row would depend on ` +
        'the order of events. Fill the same columns for every input: null where there is no value.',
    )
  }
  demand(fill(samples.sparse), true)
  return (json) => {
    const row = fill(storablePayload(json))
    demand(row, false)
    return fitted(`map.${name}`, table, Object.fromEntries(written.map((column) => [column, row[column] ?? null])))
  }
}
