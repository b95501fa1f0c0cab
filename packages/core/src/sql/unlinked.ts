import { ClerkSyncError } from '../errors.ts'
import type { Linking, UnlinkedRow } from '../port/linking.ts'
import type { TableFacts } from './check/table-facts.ts'
import { columnOf, type LinkingParts, tableIn } from './linking.ts'
import { type Statement, send } from './program.ts'
import { signalOf } from './runner.ts'
import { isInRow, type KeyedTable } from './table.ts'

/** Rows of an SQL table that have no Clerk id. */
export function unlinkedIn(parts: LinkingParts): Required<Pick<Linking, 'countUnlinked' | 'listUnlinked'>> {
  const { dialect, run } = parts
  return {
    async countUnlinked(entity, options) {
      const table = tableIn(parts, entity)
      const { rows } = await run(() => send(count(table, options?.most)), signalOf(options))
      const found = Number(rows[0]?.clerk_rows)
      if (Number.isSafeInteger(found)) return found
      throw new ClerkSyncError('store_failed', `${table.name}: the database gave no number of its rows.`)
    },

    async listUnlinked({ entity, column, limit }, options) {
      const table = tableIn(parts, entity)
      const signal = signalOf(options)
      const catalog = await dialect.catalog()
      const { primaryKey } = await run(() => catalog.facts(table.quoted), signal)
      const { rows } = await run(() => send(list(parts, table, { column, limit, primaryKey })), signal)
      return rows.map(
        (row): UnlinkedRow => ({
          primaryKey: Object.fromEntries(primaryKey.map((name, n) => [name, String(row[`clerk_key_${n}`])])),
          value: row.clerk_value === null ? null : String(row.clerk_value),
        }),
      )
    },
  }
}

/** Also of the application's own making: a row that it has deleted waits for nobody. */
function waiting(table: KeyedTable): string {
  const isLive = isInRow(table) ? ` and ${table.column(table.deletedAt)} is null` : ''
  return `from ${table.quoted} where ${table.column(table.key)} is null${isLive}`
}

function count(table: KeyedTable, most: number | undefined): Statement {
  const rows =
    most === undefined ? waiting(table) : `from (select 1 as one ${waiting(table)} limit ${most}) as clerk_some`
  return { sql: `select count(*) as clerk_rows ${rows}`, params: [], returnsRows: true }
}

function list(
  { dialect }: LinkingParts,
  table: KeyedTable,
  { column, limit, primaryKey }: Pick<TableFacts, 'primaryKey'> & { readonly column: string; readonly limit: number },
): Statement {
  const quote = table.column(table.key).slice(-1)
  const keys = primaryKey.map((name) => `${quote}${name.replaceAll(quote, quote + quote)}${quote}`)
  const selected = [
    ...keys.map((key, n) => `${dialect.texts.of(key)} as clerk_key_${n}`),
    `${dialect.texts.of(columnOf(table, column))} as clerk_value`,
  ]
  const order = keys.length > 0 ? ` order by ${keys.join(', ')}` : ''
  const sql = `select ${selected.join(', ')} ${waiting(table)}${order} limit ${limit}`
  return { sql, params: [], returnsRows: true }
}
