import {
  type Change,
  type Delete,
  heldOutcome,
  NO_VERSION,
  oneByOne,
  tableNameOf,
  takenOutcome,
  type Upsert,
  type WriteOutcome,
  withRetries,
} from '@clerk-sync/core/adapter'
import type { MemoryTransaction } from '@clerk-sync/core/memory'
import type { Parts } from './memory-harness.ts'

type Adapter = Parts['adapter']

export interface Broken {
  /** How the titles of the tests that must fail begin. */
  readonly fails: string
  /** What their messages must say. */
  readonly symptom: RegExp
  readonly replace: (parts: Parts) => Adapter
}

interface Guard {
  /** Whether a change of this version is written over a row of that one. */
  readonly guard?: (stored: string, version: string) => boolean
}
export type Write = (tx: MemoryTransaction, change: Change, options?: Guard) => WriteOutcome
type BrokenWrite = (tx: MemoryTransaction, change: Change, write: Write) => WriteOutcome

/** An adapter whose every way of writing goes through one function. */
export function writingAs(broken: BrokenWrite): (parts: Parts) => Adapter {
  return ({ adapter, database, call }) => {
    const alone = <C extends Change>(change: C) => call(() => database.transaction((tx) => broken(tx, change, write)))
    const upsert = (change: Upsert) => alone(change) as ReturnType<Adapter['upsert']>
    return {
      ...adapter,
      upsert,
      softDelete: (change: Delete) => alone(change) as ReturnType<Adapter['softDelete']>,
      once: (event, change, hook, options) =>
        withRetries(() =>
          database.transaction(async (tx) => {
            if (tx.get('events', event.id)) return 'duplicate'
            tx.insert('events', { ...event, processedAt: new Date() })
            const before = change && options?.before ? tx.get(tableNameOf(change.entity), change.key) : undefined
            const outcome = change ? await call(async () => broken(tx, change, write)) : 'unchanged'
            await hook(tx, outcome, before)
            return outcome
          }, call),
        ),
      writeMany: (changes) => oneByOne(changes, alone),
    }
  }
}

const smaller = (stored: string, version: string): boolean => stored < version

/** The good write, with another guard. */
export const write: Write = (tx, change, { guard = smaller } = {}) => {
  const { entity, key, version, values } = change
  const table = tableNameOf(entity)
  const row = tx.get(table, key)
  if (change.kind === 'delete' && change.mode === 'keep') {
    const { deletedAt } = change
    if (!row) tx.insert(table, { ...values, id: key, deletedAt, clerkVersion: NO_VERSION })
    else if (row.deletedAt instanceof Date && row.deletedAt >= deletedAt)
      return heldOutcome(change, row.deletedAt.getTime() === deletedAt.getTime(), true)
    else tx.update(table, key, { deletedAt })
    return 'deleted'
  }
  const written = { ...values, clerkVersion: version, ...(change.kind === 'delete' && { deletedAt: change.deletedAt }) }
  const gone = row !== undefined && row.deletedAt !== null
  if (row && !guard(String(row.clerkVersion), version)) return heldOutcome(change, row.clerkVersion === version, gone)
  if (row) tx.update(table, key, written)
  else tx.insert(table, { ...written, id: key })
  return takenOutcome(change, !row, gone)
}
