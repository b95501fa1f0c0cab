import { ClerkSyncError } from '@clerk-sync/core'
import {
  type CallOptions,
  type Change,
  type DeleteOutcome,
  type Entity,
  type EventRef,
  LONGEST_WAIT_MS,
  onceWithoutTransaction,
  type PartStore,
  type Rows,
  type SyncAdapter,
  snakeCase,
  type UpsertOutcome,
  type WithLedger,
  type WriteOutcome,
} from '@clerk-sync/core/adapter'
import type { SupabaseClient } from '@supabase/supabase-js'
import { isBoolean, isCount } from './answers.ts'
import { writeBatches } from './batch.ts'
import { checkDatabase } from './check.ts'
import type { CheckedTables } from './checked-tables.ts'
import { type Client, callerOf } from './client.ts'
import { lettersOver } from './letters.ts'
import { mindingOwners, ownersOf } from './owners.ts'
import { find, rowOf, scan, versionsIn } from './rows.ts'
import { answerOf, select } from './select.ts'
import { type AnyTables, readTables, type Table } from './synced-table.ts'
import { tombstonesOver } from './tombstones.ts'
import type { AnyTablesOf, StoredRowsOf, SupabaseRows } from './types.ts'
import { isWrittenOnce, write, writeOnce } from './writes.ts'

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
  const { tables, partTables, versions, ledger, deadLetters: letters } = readTables(given)
  const owners = ownersOf(tables)
  const call = mindingOwners(callerOf(client), owners)
  const byEntity = new Map(tables.map((table): [string, Table] => [table.entity, table]))

  const tableOf = (entity: Entity): Table => {
    const table = byEntity.get(entity)
    if (table) return table
    throw new ClerkSyncError('config_invalid', `${NAME} was given no table for ${entity}.`)
  }
  const ledgerName = (): string => {
    if (ledger) return ledger.name
    throw new ClerkSyncError('config_invalid', `${NAME} was given no events table, which hooks need.`)
  }
  const writeOne = (change: Change, options?: CallOptions): Promise<WriteOutcome> =>
    write(client, call, tableOf(change.entity), change, signalOf(options))

  // Loaded when the first row is looked for: most applications link none.
  const linking = async () =>
    (await import('./linking.ts')).linkingOver({
      client,
      call,
      select,
      answerOf,
      versionsOf: versionsIn(client),
      tableOf,
      signalOf,
    })

  const parts: PartStore = {
    tables: Object.fromEntries(partTables.map((table) => [table.part, table])),
    // Loaded by the first reconcile.
    read: async (owners, options) =>
      (await import('./read-parts.ts')).readParts(call, partTables, owners, signalOf(options)),
  }

  return {
    name: NAME,
    tables: Object.fromEntries(tables.map((table) => [table.entity, table])),
    ledger: ledger !== undefined,
    ...(letters && { deadLetters: lettersOver(client, call, letters, ledger, signalOf) }),
    parts,
    tombstones: tombstonesOver(client, call, tableOf, signalOf),
    linking: {
      find: async (...search) => (await linking()).find(...search),
      set: async (...link) => (await linking()).set(...link),
      countUnlinked: async (...of) => (await linking()).countUnlinked(...of),
      listUnlinked: async (...search) => (await linking()).listUnlinked(...search),
    },
    upsert: (change, options) => writeOne(change, options) as Promise<UpsertOutcome>,
    softDelete: (change, options) => writeOne(change, options) as Promise<DeleteOutcome>,

    once(event, change, hook, options) {
      const signal = signalOf(options)
      const table = change && tableOf(change.entity)
      return onceWithoutTransaction(event, hook, {
        before: options?.before && table ? () => rowOf(client, table, change.key) : undefined,
        write: () =>
          table
            ? writeOnce(client, call, table, change, { ledger: ledgerName(), event }, signal)
            : call(
                'clerk_sync_write_once',
                { ledger: ledgerName(), message: event.id, change: null },
                isWrittenOnce,
                signal,
              ),
        mark: () => {
          // Without letters, functions of a version that knows none do.
          const args = { ledger: ledgerName(), event: ledgerRow(event), ...(letters && { letters: letters.name }) }
          return call('clerk_sync_mark', args, isBoolean, signal)
        },
      })
    },

    writeMany: (changes, options) => writeBatches(changes, { tableOf, call, write: writeOne, owners }, options),
    find: (entity, id) => find(client, tableOf(entity), id),
    scan: (entity, range, options) => scan(client, tableOf(entity), range, signalOf(options)),
    check: (options = {}) =>
      checkDatabase({ client, call }, { tables, partTables, versions, ledger, letters }, options),
    prune: (before) => call('clerk_sync_prune', { ledger: ledgerName(), before }, isCount),
    countEvents: (before) => call('clerk_sync_count_events', { ledger: ledgerName(), before }, isCount),
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
