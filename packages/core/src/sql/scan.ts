import type { Scanned, ScanRange } from '../port/sync-adapter.ts'
import { chunks } from './chunks.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { Row } from './program.ts'
import type { TableWriter } from './table-writer.ts'

/** A page of a table, or what is there of many keys, as many at a time as a statement has parameters for. */
export async function scan(
  writer: TableWriter,
  range: ScanRange,
  read: (some: ScanRange) => Promise<readonly Row[]>,
  dialect: Dialect,
  signal: AbortSignal,
): Promise<readonly Scanned[]> {
  if (!range.keys) return writer.scanned(undefined, await read(range), signal)
  const found: Scanned[] = []
  for (const keys of chunks(range.keys, dialect)) {
    found.push(...(await writer.scanned(keys, await read({ keys }), signal)))
  }
  return found
}
