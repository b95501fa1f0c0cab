import { prop } from '@clerk-sync/core/adapter'
import type { Table } from 'drizzle-orm'
import { kindOf } from './entity-kind.ts'

/** The columns of each primary key, unique constraint and unique index that a schema object declares beside columns. */
export type UniqueIndexes = readonly (readonly string[])[]

/**
 * What `getTableConfig` of each dialect says of them, alike for all and without loading one: an application loads its
 * own, and the others take some hundred milliseconds each.
 */
export function uniqueIndexesOf(table: Table): UniqueIndexes {
  const declare = own(table, 'ExtraConfigBuilder')
  if (typeof declare !== 'function') return []
  const declared: unknown = declare(own(table, 'ExtraConfigColumns'))
  const parts: readonly unknown[] = Array.isArray(declared) ? declared.flat(1) : Object.values(Object(declared))
  return parts.filter(isUnique).map((part) => columnsOf(part.build(table)))
}

function own(table: Table, name: string): unknown {
  return Reflect.get(table, Symbol.for(`drizzle:${name}`))
}

interface Builder {
  build(table: Table): unknown
}

const KINDS = /^(?:Pg|MySql|SQLite)(PrimaryKey|UniqueConstraint|Index)Builder$/

/** A unique index of some of the rows is none. */
function isUnique(part: unknown): part is Builder {
  const [, kind] = KINDS.exec(kindOf(part) ?? '') ?? []
  const config = prop(part, 'config')
  return kind === 'Index' ? prop(config, 'unique') === true && prop(config, 'where') === undefined : kind !== undefined
}

function columnsOf(built: unknown): readonly string[] {
  const columns = prop(built, 'columns') ?? prop(prop(built, 'config'), 'columns')
  return Array.isArray(columns) ? columns.map((column) => String(prop(column, 'name') ?? '')) : []
}
