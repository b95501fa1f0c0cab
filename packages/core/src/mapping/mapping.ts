import {
  APPLICATION_FIELDS,
  organizationMembershipRecord,
  organizationRecord,
  sessionRecord,
  userRecord,
} from '../entities/records.ts'
import { samples } from '../entities/samples.ts'
import { ClerkSyncError } from '../errors.ts'
import type { ColumnInfo, Entity, TableInfo, Values } from '../port/sync-adapter.ts'

/** A map as the way of a delivery uses it: names checked, nothing unexpected written. */
export interface Mapping {
  /** What an upsert writes. */
  values(json: object): Values
  /** What a delete writes, into an existing row or a new one. */
  deletedValues(data: { id: string }): Values
}

type LooseMap = (json: object, record: object) => object
type LooseDeleted = (deleted: { id: string }) => object

const toRecord: Readonly<Record<Entity, (json: never) => object>> = {
  user: userRecord,
  organization: organizationRecord,
  organizationMembership: organizationMembershipRecord,
  session: sessionRecord,
}

/**
 * Joins a table and its map, and finds out what cannot work.
 *
 * @throws ClerkSyncError `config_invalid`, with what to do.
 */
export function resolveMapping(
  entity: Entity,
  table: TableInfo,
  maps: Readonly<Record<string, unknown>>,
  mode: 'erase' | 'keep',
): Mapping {
  const map = maps[entity] as LooseMap | undefined
  const deletedName = deletedMapOf(entity)
  const deleted = maps[deletedName] as LooseDeleted | undefined

  const { full, sparse } = samples[entity]
  const isSample = (json: object) => json === full || json === sparse
  const fields = recordOf(entity, full)
  const fieldsOfColumns = Object.entries(table.columns).flatMap(([column, info]): [string, string][] => {
    const field = info.field ?? (Object.hasOwn(fields, column) ? column : camelCase(column))
    return Object.hasOwn(fields, field) ? [[column, field]] : []
  })
  const byDefault = fieldsOfColumns.filter(([, field]) => !APPLICATION_FIELDS.has(field))

  const fillByMap = (run: LooseMap, json: object): Values => {
    const returned = call(`map.${entity}`, isSample(json), () => run(json, recordOf(entity, json)))
    const row: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(returned)) {
      if (Object.hasOwn(table.columns, name)) row[name] = value
      else if (!Object.hasOwn(fields, name)) {
        throw config(`map.${entity} returns "${name}", and the table ${table.name} has no such column to fill.`)
      }
    }
    // The record may be spread: its fields fill columns of another spelling too, unless the map names the column.
    for (const [column, field] of fieldsOfColumns) {
      if (!Object.hasOwn(row, column) && Object.hasOwn(returned, field)) row[column] = Reflect.get(returned, field)
    }
    return row
  }
  const fill = (json: object): Values => {
    if (map) return fillByMap(map, json)
    const record = recordOf(entity, json)
    return Object.fromEntries(byDefault.map(([column, field]) => [column, Reflect.get(record, field)]))
  }

  const filled = fill(full)
  const mapped = new Set(Object.keys(filled))
  for (const [column, info] of Object.entries(table.columns)) {
    if (info.required && filled[column] === undefined) {
      throw config(
        `Nothing fills ${table.name}.${column}, which is NOT NULL and has no default: return it from map.${entity}, ` +
          'or give the column a default.',
      )
    }
  }

  const unlikeOthers = (column: string) =>
    config(
      `map.${entity} fills "${column}" for some inputs and leaves it out for others, so that the row would depend on ` +
        'the order of events. Fill the same columns for every input: null where there is no value.',
    )
  const written = Object.keys(filled).filter((column) => filled[column] !== undefined)
  const sparselyFilled = fill(sparse)
  for (const column of written) if (sparselyFilled[column] === undefined) throw unlikeOthers(column)

  /** A column left out of some rows would depend on the order of their events: what the payload lacks is null. */
  const values = (json: object): Values => {
    const row = fill(json)
    for (const [column, value] of Object.entries(row)) {
      if (value !== undefined && filled[column] === undefined) throw unlikeOthers(column)
    }
    return Object.fromEntries(
      written.map((column) => {
        if (row[column] === undefined && table.columns[column]?.nullable === false) throw unlikeOthers(column)
        return [column, row[column] ?? null]
      }),
    )
  }
  values(sparse)

  const valuesFromDeletedMap = (run: LooseDeleted, data: { id: string }): Values => {
    const row = call(`map.${deletedName}`, isSample(data), () => run({ id: data.id }))
    const given = Object.entries(row).filter(([, value]) => value !== undefined)
    for (const [column] of given) {
      if (mapped.has(column)) continue
      throw config(
        `map.${deletedName} returns "${column}", which ${map ? `map.${entity} does` : 'the default map does'} not fill: ` +
          'on a delete too, only columns that are mapped are written.',
      )
    }
    return Object.fromEntries(given)
  }

  // A membership's delete carries the whole membership, and its references must stay valid.
  const own = entity === 'user' || entity === 'organization' ? undefined : values
  const deletedValues = (data: { id: string }): Values => {
    const given = deleted ? valuesFromDeletedMap(deleted, data) : own?.(data)
    const row: Record<string, unknown> = {}
    for (const column of mapped) {
      const info = table.columns[column] as ColumnInfo
      if (given && Object.hasOwn(given, column) && (deleted || info.nullable !== true)) row[column] = given[column]
      else if (info.nullable !== false) row[column] = null
      else if (Object.hasOwn(info, 'emptyValue')) row[column] = info.emptyValue
      else {
        throw config(
          `A deleted row of ${table.name} needs a value in ${column}, which is NOT NULL: return one that tells nothing ` +
            `of the ${entity} from map.${deletedName}, ({ id }) => ({ ${column}: … }).`,
        )
      }
    }
    return mode === 'erase' ? row : Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))
  }
  deletedValues(full)
  deletedValues(sparse)
  return { values, deletedValues }
}

/** The name of the map that fills a deleted row. */
export function deletedMapOf(entity: Entity): string {
  return `deleted${entity.charAt(0).toUpperCase()}${entity.slice(1)}`
}

function recordOf(entity: Entity, json: object): object {
  try {
    return toRecord[entity](json as never)
  } catch (cause) {
    throw new ClerkSyncError('payload_invalid', `The ${entity} is not of the shape that Clerk documents.`, { cause })
  }
}

/** Runs a map, and tells its faults from those of the payload and of the database. */
function call(name: string, atSetUp: boolean, run: () => object): object {
  const input = atSetUp ? 'a sample that it is tried with at set-up' : 'what Clerk sent'
  let row: unknown
  try {
    row = run()
  } catch (cause) {
    if (ClerkSyncError.is(cause)) throw cause
    throw new ClerkSyncError(
      'config_invalid',
      `${name} threw on ${input}. It must be a pure function that takes any value Clerk may send: no name, no e-mail ` +
        'address, empty metadata.',
      { cause },
    )
  }
  if (typeof row === 'object' && row !== null && !Array.isArray(row) && !('then' in row)) return row
  throw config(`${name} must return an object of columns, at once and not as a promise; on ${input} it did not.`)
}

/** `first_name` to `firstName`; the inverse of `SnakeCase` among the types of a map. */
function camelCase(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function config(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}
