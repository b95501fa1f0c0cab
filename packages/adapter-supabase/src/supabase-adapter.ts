import { ClerkSyncError } from '@clerk-sync/core'
import {
  type CallOptions,
  type Change,
  type DeleteOutcome,
  type Entity,
  type EventRef,
  type Found,
  LONGEST_WAIT_MS,
  NO_VERSION,
  onceWithoutTransaction,
  type Rows,
  type SyncAdapter,
  snakeCase,
  type UpsertOutcome,
  type WithLedger,
  type WriteOutcome,
} from '@clerk-sync/core/adapter'
import type { Row, SyncedTable } from '@clerk-sync/core/sql'
import type { SupabaseClient } from '@supabase/supabase-js'
import { writeBatches } from './batch.ts'
import { isWritten, type SentChange, sentChange } from './change.ts'
import { checkDatabase, isCount } from './check.ts'
import { type Client, callerOf, select, selectByKeys } from './client.ts'
import { lettersOver } from './letters.ts'
import { compareAndSet, replaceDiscovered } from './replace.ts'
import { type AnyTables, readTables } from './synced-table.ts'
import type { AnyTablesOf, CheckedTables, StoredRowsOf, SupabaseRows } from './types.ts'

const NAME = 'supabase'

/**
 * Syncs into tables of a Supabase project, in its schema `public`: an event without a hook is one call of a function in
 * the database, which `sql/functions.sql` of this package creates.
 *
 * The client needs the service role key. There are no transactions over HTTP: a hook gets no `tx`, and runs at least
 * once: it runs again where the mark in the ledger could not be written after it.
 *
 * @example
 * ```ts
 * import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
 * import { createClient } from '@supabase/supabase-js'
 *
 * const supabase = createClient(process.env['SUPABASE_URL'] ?? '', process.env['SUPABASE_SECRET_KEY'] ?? '')
 *
 * export const adapter = supabaseAdapter(supabase, {
 *   users: { table: 'users', columns: ['email', 'first_name', 'image_url'] },
 *   events: 'clerk_events',
 * })
 * ```
 * @typeParam Database - what `supabase gen types` makes; without it, names of tables and columns are not checked
 * @throws ClerkSyncError `config_invalid` for tables that cannot be synced, and for what is no Supabase client.
 */
export function supabaseAdapter<Database, const T extends AnyTablesOf<Database>>(
  supabase: SupabaseClient<Database>,
  tables: T & CheckedTables<Database, T>,
): SyncAdapter<SupabaseRows<Database, T>, WithLedger<T, never>, unknown, StoredRowsOf<Database, T>>
export function supabaseAdapter(supabase: object, tables: AnyTables): SyncAdapter {
  if (isClient(supabase)) return createAdapter(supabase, tables)
  throw new ClerkSyncError('config_invalid', 'supabaseAdapter takes what createClient of @supabase/supabase-js made.')
}

function isClient(value: unknown): value is Client {
  return typeof value === 'object' && value !== null && 'rpc' in value && 'from' in value
}

/** An adapter without transactions: a hook runs between the write and the mark in the ledger, at least once. */
function createAdapter(client: Client, given: AnyTables): SyncAdapter<Rows, never> {
  const { tables, ledger, deadLetters: letters } = readTables(given)
  const call = callerOf(client)
  const byEntity = new Map(tables.map((table): [string, SyncedTable] => [table.entity, table]))

  const tableOf = (entity: Entity): SyncedTable => {
    const table = byEntity.get(entity)
    if (table) return table
    throw new ClerkSyncError('config_invalid', `${NAME} was given no table for ${entity}.`)
  }
  const send = (change: Change): SentChange => sentChange(tableOf(change.entity), change)
  const ledgerName = (): string => {
    if (ledger) return ledger.name
    throw new ClerkSyncError('config_invalid', `${NAME} was given no events table, which hooks need.`)
  }
  const rowOf = async (entity: Entity, id: string): Promise<Row | undefined> => {
    const { name, key } = tableOf(entity)
    const [row] = await select(client, name, (rows) => rows.eq(key, id))
    return row
  }
  /** The outcome of a write, or what becomes of one that the tombstone of a discovered delete has held back. */
  const unlessDiscovered = async <O>(change: Change, outcome: O, signal: AbortSignal): Promise<O | WriteOutcome> => {
    const mayBe = change.kind === 'upsert' ? outcome === 'already_deleted' : change.mode === 'keep'
    if (!mayBe || outcome === 'duplicate') return outcome
    const table = tableOf(change.entity)
    const versionInRow = async () => {
      const row = await rowOf(change.entity, change.key)
      return row && String(row[table.clerkVersion])
    }
    return (await replaceDiscovered(call, table, change, versionInRow, signal)) ?? outcome
  }
  const write = async (change: Change, options?: CallOptions): Promise<WriteOutcome> => {
    const signal = signalOf(options)
    if (change.expected !== undefined) {
      return compareAndSet(call, tableOf(change.entity), change, change.expected, signal)
    }
    const outcome = await call('clerk_sync_write', { change: send(change) }, isWritten, signal)
    return unlessDiscovered(change, outcome, signal)
  }
  const writeExpected = async (event: EventRef, change: Change, signal: AbortSignal) => {
    const args = { ledger: ledgerName(), message: event.id, change: null }
    const outcome = await call('clerk_sync_write_once', args, isWrittenOnce, signal)
    return outcome === 'duplicate' ? outcome : write(change, { signal })
  }
  const foundIn = (entity: Entity, row: Row): Found => {
    const { deletedAt, clerkVersion } = tableOf(entity)
    const version = String(row[clerkVersion])
    return { row, deleted: row[deletedAt] !== null, synced: version !== NO_VERSION, version }
  }

  return {
    name: NAME,
    tables: Object.fromEntries(tables.map((table) => [table.entity, table])),
    ledger: ledger !== undefined,
    ...(letters && { deadLetters: lettersOver(client, call, letters, ledger, signalOf) }),
    upsert: (change, options) => write(change, options) as Promise<UpsertOutcome>,
    softDelete: (change, options) => write(change, options) as Promise<DeleteOutcome>,

    once(event, change, hook, options) {
      const signal = signalOf(options)
      return onceWithoutTransaction(event, hook, {
        before: options?.before && change ? async () => rowOf(change.entity, change.key) : undefined,
        write: async () => {
          if (change?.expected !== undefined) return writeExpected(event, change, signal)
          const args = { ledger: ledgerName(), message: event.id, change: change ? send(change) : null }
          const outcome = await call('clerk_sync_write_once', args, isWrittenOnce, signal)
          return change ? unlessDiscovered(change, outcome, signal) : outcome
        },
        mark: () => {
          // Without letters, functions of a version that knows none do.
          const args = { ledger: ledgerName(), event: ledgerRow(event), ...(letters && { letters: letters.name }) }
          return call('clerk_sync_mark', args, isBoolean, signal)
        },
      })
    },

    writeMany: (changes, options) => writeBatches(changes, send, call, write, options),
    async find(entity, id) {
      const row = await rowOf(entity, id)
      return row && foundIn(entity, row)
    },
    async scan(entity, { keys, after, limit }, options) {
      const { name, key } = tableOf(entity)
      const signal = signalOf(options)
      const rows = keys
        ? await selectByKeys(client, name, key, keys, signal)
        : await select(
            client,
            name,
            (all) => (after === undefined ? all : all.gt(key, after)).order(key).limit(limit),
            signal,
          )
      return rows.flatMap((row) => {
        const own = row[key]
        return typeof own === 'string' ? [{ key: own, ...foundIn(entity, row) }] : []
      })
    },
    check: (options = {}) => checkDatabase(call, { tables, ledger, letters }, options),
    prune: (before) => call('clerk_sync_prune', { ledger: ledgerName(), before }, isCount),
  }
}

/** A caller that sets no limit does not wait for ever either. */
function signalOf({ signal = AbortSignal.timeout(LONGEST_WAIT_MS) }: CallOptions = {}): AbortSignal {
  return signal
}

function ledgerRow(event: EventRef): Readonly<Record<string, unknown>> {
  const values = Object.entries({ ...event, processedAt: new Date() })
  return Object.fromEntries(values.map(([property, value]) => [snakeCase(property), value]))
}

function isWrittenOnce(data: unknown): data is WriteOutcome | 'duplicate' {
  return isWritten(data) || data === 'duplicate'
}

function isBoolean(data: unknown): data is boolean {
  return typeof data === 'boolean'
}
