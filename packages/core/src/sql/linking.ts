import type { Entity } from '../entities/all-entities.ts'
import { ClerkSyncError } from '../errors.ts'
import type { Fault } from '../port/database-fault.ts'
import { isComparable, type Link, type LinkCandidate, type Linking, type LinkSearch } from '../port/linking.ts'
import { withRetries } from '../port/retries.ts'
import { keyOf } from './beside/beside.ts'
import { BesideTableStatements } from './beside/beside-statements.ts'
import { chunks } from './chunks.ts'
import type { Dialect } from './dialects/dialect.ts'
import { type Row, type Statement, send } from './program.ts'
import { signalOf } from './runner.ts'
import type { SqlParts } from './sql-parts.ts'
import { isBeside, isInRow, type KeyedTable, type VersionsTable } from './table.ts'
import { encoded } from './table-statements.ts'
import type { WriterAccess } from './table-writer.ts'

export interface LinkingParts {
  readonly name: string
  readonly dialect: Dialect
  readonly versions: VersionsTable | undefined
  readonly select: SqlParts['select']
  readonly tables: readonly KeyedTable[]
  readonly run: WriterAccess['run']
  readonly faultOf: (error: unknown) => Fault | undefined
}

/** Rows that were there before their Clerk ids, in an SQL database. */
export function linkingOf(parts: LinkingParts): Linking {
  const { dialect, versions, select, run, faultOf } = parts
  const tableOf = ({ entity }: Pick<LinkSearch, 'entity'>): KeyedTable => tableIn(parts, entity)

  async function findSome(search: LinkSearch, values: readonly string[], signal: AbortSignal) {
    const table = tableOf(search)
    const { column } = search
    const { rows } = await run(() => send(lookFor(dialect, table, { ...search, values })), signal)
    if (rows.length === 0) return []
    // The application's own query wants values as its driver has them, and gives the row as the application knows it.
    const stored = [...new Set(rows.map(({ clerk_value }) => clerk_value))]
    const texts = new Set(rows.map(({ clerk_text }) => String(clerk_text)))
    const given = await withRetries(async () => select(table, { column, values: stored }), faultOf, signal)
    const found = given.flatMap((row): LinkCandidate[] => {
      const value = String(row[column])
      const key: unknown = row[table.key]
      if (!texts.has(value) || isTombstone(table, row)) return []
      return [{ value, key: typeof key === 'string' ? key : null, row }]
    })
    const deleted = await deletedBeside(
      table,
      found.flatMap(({ key }) => key ?? []),
      signal,
    )
    return found.filter(({ key }) => key === null || !deleted.has(key))
  }

  /** Whose rows keep their values. */
  async function deletedBeside(table: KeyedTable, keys: readonly string[], signal: AbortSignal) {
    const deleted = new Set<string>()
    if (!isBeside(table) || !versions) return deleted
    const statements = new BesideTableStatements(table, versions, dialect)
    for (const some of chunks(keys, dialect)) {
      const { rows } = await run(() => send(statements.versionsOf(some)), signal)
      for (const row of rows) if (Number(row.clerk_deleted) === 1) deleted.add(keyOf(row))
    }
    return deleted
  }

  return {
    async find(search, options) {
      const found: LinkCandidate[] = []
      // Each of them may be there twice.
      const limits = { maxParameters: Math.floor(dialect.maxParameters / 2) }
      for (const values of chunks(search.values, limits)) {
        found.push(...(await findSome(search, values, signalOf(options))))
      }
      return found
    },

    async set(link, options) {
      const table = tableOf(link)
      const signal = signalOf(options)
      const { to } = link
      await run(() => send(setKey(dialect, table, versions, link)), signal)
      if (to === null) return true
      // No count says it: a trigger may have changed the row.
      const { rows } = await run(() => send(lookAt(dialect, table, link, to)), signal)
      return rows.some(({ clerk_key }) => String(clerk_key).trimEnd() === to)
    },
  }
}

/** @throws ClerkSyncError `config_invalid` where the adapter was given none. */
export function tableIn({ name, tables }: LinkingParts, entity: Entity): KeyedTable {
  const found = tables.find((table) => table.entity === entity)
  if (found) return found
  throw new ClerkSyncError('config_invalid', `${name} was given no table for ${entity}.`)
}

/** Also of the application's own making: a row that it has deleted is nobody's. */
function isTombstone(table: KeyedTable, row: Row): boolean {
  return isInRow(table) && row[table.deletedAt] !== null
}

/** @throws ClerkSyncError `config_invalid` for a column that the schema does not have. */
export function columnOf(table: KeyedTable, property: string): string {
  try {
    const column = table.column(property)
    if (column !== '') return column
  } catch (cause) {
    throw unknownColumn(table, property, cause)
  }
  throw unknownColumn(table, property)
}

function unknownColumn({ name }: KeyedTable, property: string, cause?: unknown): ClerkSyncError {
  const message = `link: ${name} has no column "${property}" in the schema that the adapter was given.`
  return new ClerkSyncError('config_invalid', message, { cause })
}

function lookFor(dialect: Dialect, table: KeyedTable, { column, values, ignoreCase }: LinkSearch): Statement {
  const own = columnOf(table, column)
  const { texts } = dialect
  const list = values.map((_, n) => dialect.parameter(n + 1)).join(', ')
  const matches = ignoreCase ? texts.lowerIn(own, list) : `${texts.of(own)} in (${list})`
  return {
    sql: `select ${own} as clerk_value, ${texts.of(own)} as clerk_text from ${table.quoted} where ${matches}`,
    params: [...values],
    returnsRows: true,
  }
}

function lookAt(dialect: Dialect, table: KeyedTable, { column, seen }: Link, to: string): Statement {
  const key = table.column(table.key)
  const same = dialect.texts.same(columnOf(table, column), dialect.parameter(2))
  const where = `${key} = ${dialect.parameter(1)} and ${same}`
  return {
    sql: `select ${key} as clerk_key from ${table.quoted} where ${where}`,
    params: [table.encode(table.key, to), seen.value],
    returnsRows: true,
  }
}

function setKey(dialect: Dialect, table: KeyedTable, versions: VersionsTable | undefined, link: Link): Statement {
  const { column, seen, to } = link
  const params: unknown[] = []
  const parameter = (value: unknown) => {
    params.push(value)
    return dialect.parameter(params.length)
  }
  const key = table.column(table.key)
  const set = `${key} = ${to === null ? 'null' : parameter(table.encode(table.key, to))}`
  const isSeen = seen.key === null ? `${key} is null` : `${key} = ${parameter(table.encode(table.key, seen.key))}`
  const conditions = [isSeen, dialect.texts.same(columnOf(table, column), parameter(seen.value))]
  for (const [property, value] of Object.entries(seen.row)) {
    if (property === table.key || property === column || value === undefined || isAmbiguous(table, property)) continue
    const own = table.column(property)
    if (!isComparable(value)) conditions.push(`${own} is ${value === null ? '' : 'not '}null`)
    else {
      const [param] = encoded(table, dialect, property, value)
      conditions.push(`${own} = ${parameter(param)}`)
    }
  }
  if (to !== null && isBeside(table) && versions) {
    const its = `${versions.column('tableName')} = ${parameter(table.tableName ?? table.name)}`
    const id = `${versions.column('id')} = ${parameter(to)}`
    conditions.push(`not exists (select 1 from ${versions.quoted} where ${its} and ${id})`)
  }
  return { sql: `update ${table.quoted} set ${set} where ${conditions.join(' and ')}`, params, returnsRows: false }
}

/** JSON's null and a list that is NULL are read as something else than they are. */
function isAmbiguous({ columns }: KeyedTable, property: string): boolean {
  const { takes, type = '' } = columns[property] ?? {}
  return takes === 'json' || takes === 'list' || /^json/i.test(type)
}
