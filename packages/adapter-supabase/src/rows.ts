import type { Found, Scanned, ScanRange } from '@clerk-sync/core/adapter'
import { isBeside, type Row } from '@clerk-sync/core/sql'
import type { Client, Selection } from './client.ts'
import { foundBeside, foundInRow } from './found.ts'
import { select, selectByKeys } from './select.ts'
import type { Table, TableBeside } from './synced-table.ts'

/** The row of a table, as the project's API gives it. */
export async function rowOf(
  client: Client,
  { name, key }: Table,
  id: string,
  signal?: AbortSignal,
): Promise<Row | undefined> {
  const [row] = await select(client, name, (rows) => rows.eq(key, id), signal)
  return row
}

/** What is there of an entity. */
export async function find(client: Client, table: Table, id: string): Promise<Found | undefined> {
  const row = await rowOf(client, table, id)
  if (!isBeside(table)) return row && foundInRow(table, row)
  // After the row: its version may be newer than the look at the row, and never older.
  const [version] = await select(client, table.versionsName, (rows) => rows.eq('table_name', table.name).eq('id', id))
  return foundBeside(row, version)
}

/** A page of a table, or what is there of some keys. */
export async function scan(
  client: Client,
  table: Table,
  { keys, after = '', limit }: ScanRange,
  signal: AbortSignal,
): Promise<readonly Scanned[]> {
  const { name, key } = table
  // Not those without a Clerk id.
  const page = (rows: Selection) =>
    rows
      .gt(key, after)
      .order(key)
      .limit(limit ?? 0)
  const rows = keys ? await selectByKeys(client, name, key, keys, signal) : await select(client, name, page, signal)
  const there = new Map(
    rows.flatMap((row): [string, Row][] => {
      const own = row[key]
      return typeof own === 'string' ? [[own, row]] : []
    }),
  )
  if (!isBeside(table)) return Array.from(there, ([own, row]) => ({ key: own, ...foundInRow(table, row) }))
  const all = keys ?? [...there.keys()]
  const versions = await versionsIn(client)(table, all, signal)
  const beside = new Map(versions.map((version) => [version.id, version]))
  return all.flatMap((own) => {
    const found = foundBeside(there.get(own), beside.get(own))
    return found ? [{ key: own, ...found }] : []
  })
}

/** The versions of these keys, beside a table. */
export function versionsIn(client: Client) {
  return ({ name, versionsName }: TableBeside, keys: readonly string[], signal: AbortSignal): Promise<readonly Row[]> =>
    selectByKeys(client, versionsName, 'id', keys, signal, (versions) => versions.eq('table_name', name))
}
