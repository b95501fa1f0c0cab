import type { ColumnInfo, Entity, Rows, TableInfo, Values } from './adapter.ts'
import { ClerkSyncError } from './errors.ts'
import {
  APPLICATION_FIELDS,
  type EntityTypes,
  organizationMembershipRecord,
  organizationRecord,
  sessionRecord,
  userRecord,
} from './records.ts'
import { samples } from './samples.ts'

type RequiredKeys<Row> = { [K in keyof Row]-?: Record<never, never> extends Pick<Row, K> ? never : K }[keyof Row]
type FieldsOf<E extends Entity> = EntityTypes[E]['record']

/** What a map returns: the table's columns. The record may be spread: fields that the table lacks fall away. */
export type MappedRow<Row, E extends Entity> = { [K in RequiredKeys<Row>]: Row[K] } & {
  [K in Exclude<keyof Row, RequiredKeys<Row>>]?: Row[K] | undefined
} & { [K in Exclude<keyof FieldsOf<E>, keyof Row>]?: FieldsOf<E>[K] }

/** What a deleted row holds in columns that are not nullable. */
export type DeletedRow<Row> = { [K in RequiredKeys<Row>]: Row[K] } & {
  [K in Exclude<keyof Row, RequiredKeys<Row>>]?: Row[K] | undefined
}

/** Entities whose delete event carries the id alone, so that a map has nothing to work on. */
type BareDelete = 'user' | 'organization'

/**
 * How an entity fills its table. Each map must be a pure function of its input and name the same columns for every
 * input (null, or `undefined` for "not written"): the library calls it once with a sample to learn the columns.
 */
export type Maps<R extends Rows> = {
  [E in keyof R & Entity]?: (json: EntityTypes[E]['json'], record: FieldsOf<E>) => MappedRow<NonNullable<R[E]>, E>
} & {
  [E in keyof R & BareDelete as `deleted${Capitalize<E>}`]?: (deleted: { id: string }) => DeletedRow<NonNullable<R[E]>>
}

type DefaultColumns<Row, E extends Entity> = Exclude<keyof Row & keyof FieldsOf<E>, 'id' | 'createdAt' | 'updatedAt'>

/** Whether the record's fields of the same names fill the table. */
type DefaultFits<Row, E extends Entity> =
  RequiredKeys<Row> extends DefaultColumns<Row, E>
    ? Pick<FieldsOf<E>, DefaultColumns<Row, E> & keyof FieldsOf<E>> extends {
        [K in DefaultColumns<Row, E>]: Exclude<Row[K], undefined>
      }
      ? true
      : false
    : false

/** The maps that a table cannot do without. */
export type RequiredMaps<R extends Rows> =
  | { [E in keyof R & Entity]: DefaultFits<NonNullable<R[E]>, E> extends true ? never : E }[keyof R & Entity]
  | {
      [E in keyof R & BareDelete]: [RequiredKeys<NonNullable<R[E]>>] extends [never] ? never : `deleted${Capitalize<E>}`
    }[keyof R & BareDelete]

/** Turns every column that neither the table nor the record has into an error at the place where it is returned. */
export type NoUnknownColumns<M, R extends Rows> = {
  [K in keyof M]: K extends keyof Maps<R>
    ? M[K] extends (...input: never[]) => infer Returned
      ? Exclude<keyof Returned, AllowedColumns<R, K>> extends never
        ? unknown
        : (...input: never[]) => { [Column in Exclude<keyof Returned, AllowedColumns<R, K>> & string]: never }
      : unknown
    : never
}
type AllowedColumns<R extends Rows, K> = K extends keyof R & Entity
  ? keyof NonNullable<R[K]> | keyof FieldsOf<K>
  : K extends `deleted${infer Name}`
    ? Uncapitalize<Name> extends keyof R
      ? keyof NonNullable<R[Uncapitalize<Name>]>
      : never
    : never

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
