import type { DeadLetter, DeadLetterFilter, DeadLetterStore } from '../port/dead-letters.ts'
import type { Problem } from '../port/sync-adapter.ts'
import type { MemoryTransaction } from './memory-database.ts'

type Statement = <T>(run: (tx: MemoryTransaction) => T) => Promise<T>

/** The table of dead letters. A transaction sees all that is committed, so one look says everything. */
export function memoryLetters(
  statement: Statement,
  table: string,
  isClaimed: (tx: MemoryTransaction, id: string) => boolean,
): DeadLetterStore {
  return {
    park: (letter, { most, since }) =>
      statement((tx) => {
        if (isClaimed(tx, letter.id)) {
          tx.delete(table, letter.id)
          return 'duplicate'
        }
        const known = lettersIn(tx, table).find(({ id }) => id === letter.id)
        if (known) {
          tx.delete(table, letter.id)
          tx.insert(table, { ...letter, parkedAt: known.parkedAt })
          return 'parked'
        }
        if (lettersIn(tx, table).filter(({ parkedAt }) => parkedAt >= since).length >= most) return 'full'
        tx.insert(table, { ...letter })
        return 'parked'
      }),

    find: (filter, most) =>
      statement((tx) =>
        lettersIn(tx, table)
          .filter((letter) => matches(letter, filter))
          .sort((a, b) => a.parkedAt.getTime() - b.parkedAt.getTime() || (a.id < b.id ? -1 : 1))
          .slice(0, most),
      ),

    drop: (id) => statement((tx) => tx.delete(table, id)),
  }
}

export function checkLetters(tx: MemoryTransaction, table: string): readonly Problem[] {
  const count = tx.rows(table).length
  return count === 0 ? [] : [{ severity: 'warning', table, message: `${table} holds ${count} refused events.` }]
}

function lettersIn(tx: MemoryTransaction, table: string): DeadLetter[] {
  return tx.rows(table) as readonly object[] as DeadLetter[]
}

function matches(letter: DeadLetter, filter: DeadLetterFilter): boolean {
  if (filter === 'all') return true
  if ('id' in filter) return letter.id === filter.id
  if ('entityId' in filter) return letter.entityId === filter.entityId
  return letter.payload.includes(filter.payloadHas)
}
