import { tableNameOf } from '../port/given-tables.ts'
import type { Entity } from '../port/sync-adapter.ts'
import type { OldTombstones, TombstoneStore } from '../port/tombstone-store.ts'
import { NO_VERSION } from '../port/version.ts'
import type { MemoryTransaction } from './memory-database.ts'
import { removeParts } from './memory-parts.ts'
import { idOf } from './row-id.ts'

type Statement = <T>(run: (tx: MemoryTransaction) => T) => Promise<T>

/** Old tombstones: rows, or what is beside a table of rows that are not there. */
export function memoryTombstones(statement: Statement, isBeside: (of: { entity: Entity }) => boolean): TombstoneStore {
  const oldIn = (tx: MemoryTransaction, { entity, before }: OldTombstones): string[] => {
    const table = tableNameOf(entity)
    const isOld = (deletedAt: unknown) => deletedAt instanceof Date && deletedAt < before
    if (!isBeside({ entity })) {
      const old = tx.rows(table).filter((row) => isOld(row.deletedAt) && row.clerkVersion !== NO_VERSION)
      return old.map(({ id }) => String(id))
    }
    const own = tx.rows('versions').filter((row) => row.tableName === table && isOld(row.deletedAt))
    return own.map(({ entityId }) => String(entityId)).filter((key) => tx.get(table, key) === undefined)
  }
  return {
    find: ({ after = '', limit, ...which }) =>
      statement((tx) =>
        oldIn(tx, which)
          .filter((key) => key > after)
          .sort()
          .slice(0, limit),
      ),

    remove: ({ keys, ...which }) =>
      statement((tx) => {
        const old = new Set(oldIn(tx, which))
        const due = keys.filter((key) => old.has(key))
        const table = tableNameOf(which.entity)
        for (const key of due) {
          if (isBeside(which)) tx.delete('versions', idOf(table, key))
          else {
            removeParts(tx, { entity: which.entity, key })
            tx.delete(table, key)
          }
        }
        return due.length
      }),
  }
}
