import type { ColumnInfo, Entity, TableInfo, Values } from './adapter.ts'
import { ClerkSyncError } from './errors.ts'
import {
  APPLICATION_FIELDS,
  organizationMembershipRecord,
  organizationRecord,
  sessionRecord,
  userRecord,
} from './records.ts'
import { samples } from './samples.ts'

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
  const deletedName = `deleted${entity.charAt(0).toUpperCase()}${entity.slice(1)}`
  const deleted = maps[deletedName] as LooseDeleted | undefined
  const record = toRecord[entity] as (json: object) => Record<string, unknown>

  const sample = samples[entity]
  const sampleRecord = record(sample)
  const fill = map ? (json: object): object => map(json, record(json)) : record
  const mapped = new Set<string>()
  for (const column of Object.keys(probe(() => fill(sample), `map.${entity}`))) {
    if (!map && APPLICATION_FIELDS.has(column)) continue
    if (Object.hasOwn(table.columns, column)) mapped.add(column)
    else if (!Object.hasOwn(sampleRecord, column)) {
      throw config(`map.${entity} returns "${column}", and the table ${table.name} has no such column to fill.`)
    }
  }
  for (const [column, info] of Object.entries(table.columns)) {
    if (info.required && !mapped.has(column)) {
      throw config(
        `Nothing fills ${table.name}.${column}, which is NOT NULL and has no default: return it from map.${entity}, ` +
          'or give the column a default.',
      )
    }
  }

  const select = (row: object, name: string): Values => {
    const values: Record<string, unknown> = {}
    for (const [column, value] of Object.entries(row)) {
      if (mapped.has(column)) {
        if (value !== undefined) values[column] = value
      } else if (!Object.hasOwn(sampleRecord, column)) {
        throw config(
          `${name} returned "${column}", which it did not for the sample at set-up. Name the same columns for every ` +
            'input: null where there is no value, undefined where none is to be written.',
        )
      }
    }
    return values
  }
  const values = (json: object): Values => select(fill(json), `map.${entity}`)

  // A membership's delete carries the whole membership, and its references must stay valid.
  const own = entity === 'user' || entity === 'organization' ? undefined : values
  const deletedValues = (data: { id: string }): Values => {
    const given = deleted ? select(deleted({ id: data.id }), `map.${deletedName}`) : own?.(data)
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
  probe(() => deletedValues(sample), deleted ? `map.${deletedName}` : `map.${entity}`)
  return { values, deletedValues }
}

function probe<T>(run: () => T, name: string): T {
  try {
    return run()
  } catch (error) {
    if (ClerkSyncError.is(error)) throw error
    throw new ClerkSyncError(
      'config_invalid',
      `${name} threw on the sample that it is tried with at set-up. It must be a pure function that takes any ` +
        'value Clerk may send: no name, no e-mail address, empty metadata.',
      { cause: error },
    )
  }
}

function config(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}
