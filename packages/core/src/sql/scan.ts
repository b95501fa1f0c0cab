import type { Scanned, ScanRange } from '../port/sync-adapter.ts'
import { chunks } from './chunks.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { Row } from './program.ts'
import type { SelectedRows } from './sql-parts.ts'
import type { TableWriter } from './table-writer.ts'

/** A page of a table, or what is there of many keys, as many at a time as a statement has parameters for. */
export async function scan(
  writer: TableWriter,
  range: ScanRange,
  read: (rows: SelectedRows) => Promise<readonly Row[]>,
  dialect: Dialect,
  signal: AbortSignal,
): Promise<readonly Scanned[]> {
  const { keys, after = '', limit } = range
  // Without a key, a row is of no page.
  if (!keys) return writer.scanned(undefined, await read({ after, limit }), signal)
  const found: Scanned[] = []
  for (const values of chunks(keys, dialect)) {
    found.push(...(await writer.scanned(values, await read({ column: writer.table.key, values }), signal)))
  }
  return found
}
