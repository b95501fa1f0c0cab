import { ClerkSyncError } from '@clerk-sync/core'
import {
  type Change,
  type Delete,
  type DeleteOutcome,
  demandsLive,
  type Entity,
  type Found,
  givenTables,
  heldOutcome,
  NO_VERSION,
  oneByOne,
  overDiscovered,
  type Rows,
  type SyncAdapter,
  type TableName,
  takenOutcome,
  type UpsertOutcome,
  type WriteOutcome,
  withRetries,
} from '@clerk-sync/core/adapter'
import type { Database, RootDatabase } from 'lmdb'
import { type Columns, type Row, Table } from './table.ts'

/** What a hook writes with. LMDB's transactions are synchronous, so hooks are. */
export interface LmdbTransaction {
  get(table: string, id: string): unknown
  put(table: string, id: string, value: unknown): void
}

type Tables<R extends Rows> = {
  readonly [E in keyof R & Entity as TableName<E>]: { readonly name: string; readonly columns: Columns }
}
interface LedgerRow {
  readonly type: string
  readonly entityId: string | null
  readonly occurredAt: Date
  readonly processedAt: Date
}

/**
 * Syncs into LMDB, a key-value store in a file.
 *
 * @typeParam R - the row of each table, as a map fills it
 */
export function lmdbAdapter<R extends Rows>(
  store: RootDatabase,
  given: Tables<R>,
): SyncAdapter<R, LmdbTransaction, unknown> {
  const tables = new Map(
    givenTables<{ name: string; columns: Columns }>('lmdbAdapter', given).map(([entity, { name, columns }]) => [
      entity,
      new Table(store, name, columns),
    ]),
  )
  const ledger: Database<LedgerRow, string> = store.openDB({ name: 'events' })

  /** All or nothing, one at a time in all processes: LMDB has one writer. What throws in it keeps nothing. */
  const transaction = <T>(run: () => T): Promise<T> => withRetries(async () => store.transactionSync(run))

  const tableOf = ({ entity }: Pick<Change, 'entity'>): Table => {
    const table = tables.get(entity)
    if (table) return table
    throw new ClerkSyncError('config_invalid', `lmdb was given no table for ${entity}.`)
  }

  const find = ({ entity, key }: Pick<Change, 'entity' | 'key'>): Found | undefined => {
    const row = tableOf({ entity }).get(key)
    if (!row) return undefined
    const version = String(row.clerkVersion ?? NO_VERSION)
    return { row: { id: key, ...row }, deleted: isTombstone(row), synced: version !== NO_VERSION, version }
  }

  return {
    name: 'lmdb',
    tables: Object.fromEntries([...tables].map(([entity, table]) => [entity, table.info()])),
    ledger: true,

    upsert: (change) => transaction(() => write(tableOf(change), change)) as Promise<UpsertOutcome>,

    softDelete: (change) => transaction(() => write(tableOf(change), change)) as Promise<DeleteOutcome>,

    once: (event, change, hook, options) =>
      transaction(() => {
        const { id, ...message } = event
        if (ledger.get(id)) return 'duplicate'
        ledger.putSync(id, { ...message, processedAt: new Date() })
        const before = change && options?.before ? find(change) : undefined
        const outcome = change ? write(tableOf(change), change) : 'unchanged'
        const { tx, end } = handleOf(store)
        try {
          refusePromise(hook(tx, outcome, before?.row))
        } finally {
          end()
        }
        return outcome
      }),

    writeMany: (changes) => oneByOne(changes, (change) => transaction(() => write(tableOf(change), change))),

    find: async (entity, key) => find({ entity, key }),

    async scan(entity, { keys, after, limit }) {
      const page = keys ?? tableOf({ entity }).keysAfter(after, limit)
      return page.flatMap((key) => {
        const found = find({ entity, key })
        return found ? [{ key, ...found }] : []
      })
    },

    check: async () => [],

    prune: (before) =>
      transaction(() => {
        const old = [...ledger.getRange()].filter(({ value }) => value.processedAt < before)
        for (const { key } of old) ledger.removeSync(key)
        return old.length
      }),
  }
}

function write(table: Table, change: Change): WriteOutcome {
  if (change.expected !== undefined) return compareAndSet(table, change)
  const outcome = change.kind === 'delete' && change.mode === 'keep' ? keep(table, change) : guarded(table, change)
  return replaceDiscovered(table, change) ?? outcome
}

/** Only a row of this version, and, where the change demands it, one that lives. */
function compareAndSet(table: Table, change: Change): WriteOutcome {
  const { kind, key, version, values, expected } = change
  const row = table.get(key)
  const isOther =
    !row || String(row.clerkVersion ?? NO_VERSION) !== expected || (demandsLive(change) && isTombstone(row))
  if (isOther) return heldOutcome(change, row?.clerkVersion === version, isTombstone(row))
  const keeps = kind === 'delete' && change.mode === 'keep'
  table.put(key, {
    ...(!keeps && values),
    deletedAt: kind === 'delete' ? change.deletedAt : null,
    clerkVersion: version,
  })
  return takenOutcome(change, false, false)
}

/** What the tombstone of a delete that a read discovered has held back, and should not have. */
function replaceDiscovered(table: Table, change: Change): WriteOutcome | undefined {
  const row = table.get(change.key)
  for (const { version, deletedAt, values, deletedBefore } of overDiscovered(change, String(row?.clerkVersion))) {
    if (deletedBefore && deletedBefore <= (row?.deletedAt as Date)) continue
    table.put(change.key, { ...(values && change.values), deletedAt, clerkVersion: version })
    return takenOutcome(change, false, deletedAt !== null)
  }
  return undefined
}

/** The guard: a row is written while its version is smaller than the change's. */
function guarded(table: Table, change: Change): WriteOutcome {
  const { key, version, values } = change
  const row = table.get(key)
  const stored = String(row?.clerkVersion ?? NO_VERSION)
  if (row && stored >= version) return heldOutcome(change, stored === version, isTombstone(row))
  table.put(key, { ...values, ...(change.kind === 'delete' && { deletedAt: change.deletedAt }), clerkVersion: version })
  return takenOutcome(change, row === undefined, isTombstone(row))
}

/** The row's version stays, so that a snapshot that arrives late still fills in what the tombstone keeps. */
function keep(table: Table, change: Delete): WriteOutcome {
  const { key, deletedAt, values } = change
  const row = table.get(key)
  const earlier = row?.deletedAt as Date | null | undefined
  if (earlier && earlier >= deletedAt) return heldOutcome(change, earlier.getTime() === deletedAt.getTime(), true)
  table.put(key, row ? { deletedAt } : { ...values, deletedAt, clerkVersion: NO_VERSION })
  return 'deleted'
}

/** A row without the column has never been deleted. */
function isTombstone(row: Row | undefined): boolean {
  return (row?.deletedAt ?? null) !== null
}

/** The store for a hook, until the hook is over: what it has left running would be written by itself. */
function handleOf(store: RootDatabase): { readonly tx: LmdbTransaction; readonly end: () => void } {
  let isOver = false
  const table = (name: string): Database<unknown, string> => {
    if (isOver) throw new Error('The transaction has ended: the hook must do all of its work before it returns.')
    return store.openDB({ name })
  }
  const tx: LmdbTransaction = {
    get: (name, id) => table(name).get(id),
    put: (name, id, value) => void table(name).putSync(id, value),
  }
  const end = () => {
    isOver = true
  }
  return { tx, end }
}

/** The transaction ends when the hook returns: what it did later would be outside, and lost or in another's. */
function refusePromise(result: unknown): void {
  if (typeof result !== 'object' || result === null || !('then' in result)) return
  if (result instanceof Promise) result.catch(() => {})
  throw new ClerkSyncError('hook_failed', 'The hook returned a promise. LMDB is synchronous: write without await.')
}
