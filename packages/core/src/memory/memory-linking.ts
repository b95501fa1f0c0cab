import { definitionOf, type Entity } from '../entities/all-entities.ts'
import { tableNameOf } from '../port/given-tables.ts'
import type { LinkCandidate, Linking, UnlinkedRow } from '../port/linking.ts'
import { versionOf } from './memory-beside.ts'
import type { MemoryRow, MemoryTransaction } from './memory-database.ts'

type Statement = <T>(run: (tx: MemoryTransaction) => T) => Promise<T>

/**
 * A row has one id here, Clerk's or the application's: one that is none of Clerk's waits for it, and is put in its place.
 */
export function memoryLinking(statement: Statement): Linking {
  return {
    find: ({ entity, column, values, ignoreCase }) =>
      statement((tx) =>
        tx.rows(tableNameOf(entity)).flatMap((row): LinkCandidate[] => {
          const value = String(row[column])
          const isFound = values.includes(ignoreCase ? value.toLowerCase() : value)
          return isFound && !isTombstone(tx, entity, row) ? [{ value, key: clerkIdOf(entity, row), row }] : []
        }),
      ),

    set: ({ entity, column, seen, to }) =>
      statement((tx) => {
        const table = tableNameOf(entity)
        const row = tx.rows(table).find((one) => isAsSeen(one, seen, entity) && String(one[column]) === seen.value)
        if (!row) return to !== null && String(tx.get(table, to)?.[column]) === seen.value
        // As the index of a database would.
        if (to !== null && tx.get(table, to)) throw Object.assign(new Error('UNIQUE constraint failed'), UNIQUE)
        if (to !== null && tx.get('versions', `${table} ${to}`)) return false
        tx.delete(table, String(row.id))
        tx.insert(table, { ...row, id: to ?? crypto.randomUUID() })
        return true
      }),

    countUnlinked: (entity, { most } = {}) => statement((tx) => unlinkedRows(tx, entity).slice(0, most).length),

    listUnlinked: ({ entity, column, limit }) =>
      statement((tx) =>
        unlinkedRows(tx, entity)
          .slice(0, limit)
          .map((row): UnlinkedRow => {
            const value = row[column] ?? null
            return { primaryKey: { id: String(row.id) }, value: value === null ? null : String(value) }
          }),
      ),
  }
}

function unlinkedRows(tx: MemoryTransaction, entity: Entity): readonly MemoryRow[] {
  return tx.rows(tableNameOf(entity)).filter((row) => clerkIdOf(entity, row) === null && !isTombstone(tx, entity, row))
}

const UNIQUE = { code: 'SQLITE_CONSTRAINT_UNIQUE' }

function isTombstone(tx: MemoryTransaction, entity: Entity, { id, deletedAt }: MemoryRow): boolean {
  return Boolean(deletedAt ?? versionOf(tx, tableNameOf(entity), String(id))?.deletedAt)
}

function clerkIdOf(entity: Entity, { id }: MemoryRow): string | null {
  const prefix = definitionOf(entity).samples.full.id.replace(/_.*/, '_')
  return String(id).startsWith(prefix) ? String(id) : null
}

function isAsSeen(row: MemoryRow, seen: LinkCandidate, entity: Entity): boolean {
  if (clerkIdOf(entity, row) !== seen.key) return false
  return Object.entries(seen.row).every(([column, value]) => {
    if (column === 'id') return true
    const stored = row[column] ?? null
    return typeof value === 'boolean' || Number.isSafeInteger(value)
      ? stored === value
      : (stored === null) === ((value ?? null) === null)
  })
}
