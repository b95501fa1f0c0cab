import { type Change, type Delete, tableNameOf, type Upsert } from '@clerk-sync/core/adapter'
import type { MemoryRow, MemoryTransaction } from '@clerk-sync/core/memory'
import { type Broken, writingAs } from './broken-adapter.ts'

/** Adapters whose guarded write is wrong. */
export const brokenWrites: Readonly<Record<string, Broken>> = {
  'no guard': {
    fails: 'in any order',
    symptom: /outcome of created after|row depends on the order/,
    replace: writingAs((tx, change, write) => write(tx, change, { guard: () => true })),
  },
  '<= for <': {
    fails: 'in any order',
    symptom: /the newest event, delivered once more/,
    replace: writingAs((tx, change, write) => write(tx, change, { guard: (stored, version) => stored <= version })),
  },
  'a guard on the first 13 digits alone': {
    fails: 'in any order > user: three updates that tie perfectly',
    symptom: /outcome of updated after|row depends on the order/,
    replace: writingAs((tx, change, write) =>
      write(tx, change, { guard: (stored, version) => stored.slice(0, 13) < version.slice(0, 13) }),
    ),
  },
  'hard delete': {
    fails: 'deletes',
    symptom: /the tombstone/,
    replace: writingAs((tx, change, write) => {
      if (change.kind === 'upsert') return write(tx, change)
      if (!tx.get(tableNameOf(change.entity), change.key)) return 'unchanged'
      tx.delete(tableNameOf(change.entity), change.key)
      return 'deleted'
    }),
  },
  'no tombstone for an id never seen': {
    fails: 'deletes > plain, erase: a delete of an id never seen',
    symptom: /the outcome of deleting an id never seen/,
    replace: writingAs((tx, change, write) =>
      change.kind === 'delete' && !tx.get(tableNameOf(change.entity), change.key) ? 'unchanged' : write(tx, change),
    ),
  },
  'a delete that keeps the values': {
    fails: 'deletes > plain, erase',
    symptom: /the tombstone/,
    replace: writingAs((tx, change, write) => write(tx, change.kind === 'delete' ? { ...change, values: {} } : change)),
  },
  'a tombstone with the time of the process': {
    fails: "values > a tombstone's date",
    symptom: /time of the event/,
    replace: writingAs((tx, change, write) =>
      write(tx, change.kind === 'delete' ? { ...change, deletedAt: new Date() } : change),
    ),
  },
  'keep mode that bumps the version': {
    fails: 'deletes > keep: the row keeps its version',
    symptom: /changed more than deletedAt/,
    replace: writingAs((tx, change, write) => {
      const outcome = write(tx, change)
      if (change.kind === 'delete') tx.update(tableNameOf(change.entity), change.key, { clerkVersion: change.version })
      return outcome
    }),
  },
  'keep mode that dates the tombstone by the last delivery': {
    fails: 'deletes > plain, keep: of several deletes',
    symptom: /the tombstone after several deletes/,
    replace: writingAs((tx, change, write) => {
      const outcome = write(tx, change)
      if (change.kind === 'delete') tx.update(tableNameOf(change.entity), change.key, { deletedAt: change.deletedAt })
      return outcome
    }),
  },
  'seconds for milliseconds': {
    fails: 'values > dates keep their milliseconds',
    symptom: /a wrong unit or time zone/,
    replace: writingAs((tx, change, write) =>
      write(
        tx,
        mapValues(change, (value) => (value instanceof Date ? new Date(value.getTime() / 1000) : value)),
      ),
    ),
  },
  'dates in local time': {
    fails: 'values > dates keep their milliseconds',
    symptom: /a wrong unit or time zone/,
    replace: writingAs((tx, change, write) =>
      write(
        tx,
        mapValues(change, (value) => (value instanceof Date ? new Date(value.getTime() + 3_600_000) : value)),
      ),
    ),
  },
  'null as the JSON value null': {
    fails: "values > null in a JSON column is SQL's NULL",
    symptom: /stored as the JSON value null/,
    // What is no number is null in JSON.
    replace: writingAs((tx, change, write) =>
      write(
        tx,
        mapValues(change, (value, column) => (column === 'publicMetadata' && value === null ? Number.NaN : value)),
      ),
    ),
  },
  'undefined written as null': {
    fails: 'values > undefined is not written',
    symptom: /undefined was written/,
    replace: writingAs((tx, change, write) =>
      write(
        tx,
        mapValues(change, (value) => value ?? null),
      ),
    ),
  },
  'a stale event that passes for one that is there': {
    fails: 'in any order',
    symptom: /the outcome of/,
    replace: writingAs((tx, change, write) => {
      const outcome = write(tx, change)
      return outcome === 'stale' ? 'unchanged' : outcome
    }),
  },
  'an event of a deleted row that passes for a stale one': {
    fails: 'deletes',
    symptom: /the outcomes of snapshots/,
    replace: writingAs((tx, change, write) => {
      const outcome = write(tx, change)
      return outcome === 'already_deleted' ? 'stale' : outcome
    }),
  },
  'an update that writes application columns': {
    fails: 'rows and columns of the application',
    symptom: /application columns/,
    replace: writingAs((tx, change, write) => {
      const outcome = write(tx, change)
      if (outcome !== 'unchanged') tx.update(tableNameOf(change.entity), change.key, { score: 7, tagline: 'hello' })
      return outcome
    }),
  },
  'rows of the application are above every event': {
    fails: 'rows and columns of the application',
    symptom: /row that was there before/,
    replace: writingAs((tx, change, write) =>
      write(tx, change, { guard: (stored, version) => stored !== '0' && stored < version }),
    ),
  },
  'case-insensitive keys': {
    fails: 'values > keys that differ only in case',
    symptom: /keys that differ only in case/,
    replace: writingAs((tx, change, write) => {
      const row = tx
        .rows(tableNameOf(change.entity))
        .find(({ id }) => String(id).toLowerCase() === change.key.toLowerCase())
      return write(tx, row ? { ...change, key: String(row.id) } : change)
    }),
  },
  'a swallowed clash': {
    fails: 'unique columns',
    symptom: /the clash was swallowed or misnamed/,
    replace: writingAs((tx, change, write) => {
      try {
        return write(tx, change)
      } catch {
        return 'unchanged'
      }
    }),
  },
  'a clash that updates the other row': {
    fails: 'unique columns',
    symptom: /the clash was swallowed or misnamed|changed the other user's row/,
    replace: writingAs((tx, change, write) => {
      const other = sameEmail(tx, change)
      if (change.kind === 'delete' || !other) return write(tx, change)
      tx.update(tableNameOf(change.entity), String(other.id), { ...change.values, clerkVersion: change.version })
      return 'updated'
    }),
  },
  'a clash that harms the other row and is reported': {
    fails: 'unique columns',
    symptom: /the clash was swallowed|harmed|changed the other user's row|after the e-mail moved|inserted/,
    replace: writingAs((tx, change, write) => {
      const other = sameEmail(tx, change)
      if (other) tx.update(tableNameOf(change.entity), String(other.id), { email: `moved.${other.email}` })
      return write(tx, change)
    }),
  },
  'a stale event that clashes': {
    fails: 'unique columns',
    symptom: /unique/i,
    replace: writingAs((tx, change, write) => {
      if (sameEmail(tx, change)) throw Object.assign(new Error('UNIQUE'), { code: 'SQLITE_CONSTRAINT_UNIQUE' })
      return write(tx, change)
    }),
  },
}

function mapValues<C extends Change>(change: C, to: (value: unknown, column: string) => unknown): Upsert | Delete {
  const values = Object.entries(change.values).map(([column, value]) => [column, to(value, column)])
  return { ...change, values: Object.fromEntries(values) }
}

/** The row of another user with the e-mail address of this change. */
function sameEmail(tx: MemoryTransaction, change: Change): MemoryRow | undefined {
  const { email } = change.values
  if (typeof email !== 'string' || !email.includes('one_')) return undefined
  return tx.rows(tableNameOf(change.entity)).find((row) => row.email === email && row.id !== change.key)
}
