import type { Batching } from '../port/batching.ts'
import { givenTables } from '../port/given-tables.ts'
import type { Change, UpsertOutcome, WriteOutcome } from '../port/sync-adapter.ts'
import type { MemoryTransaction } from './memory-database.ts'
import type { MemoryTable, MemoryTables } from './types.ts'

/** All of them or none. It holds no locks that others wait for: a transaction has the whole database. */
export function memoryBatching(
  tables: MemoryTables,
  statement: <T>(run: (tx: MemoryTransaction) => T) => Promise<T>,
  write: (tx: MemoryTransaction, change: Change) => WriteOutcome,
): Batching {
  return {
    entities: givenTables<MemoryTable>('memoryAdapter', tables, { parts: true }).map(([entity]) => entity),
    write: (changes) =>
      statement((tx) => {
        const outcomes = changes.map((change): [string, UpsertOutcome] => [
          change.key,
          write(tx, change) as UpsertOutcome,
        ])
        return new Map(outcomes)
      }),
  }
}
