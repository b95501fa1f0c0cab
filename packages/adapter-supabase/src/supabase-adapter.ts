import { ClerkSyncError } from '@clerk-sync/core'
import type { SyncAdapter } from '@clerk-sync/core/adapter'
import type { SupabaseClient } from '@supabase/supabase-js'
import { createAdapter } from './adapter.ts'
import type { Client } from './database.ts'
import type { CompleteTables, RowsOf, StoredRowsOf, SyncedTables } from './options.ts'
import type { GivenTable } from './tables.ts'

/**
 * Syncs into tables of a Supabase project, in its schema `public`: an event without a hook is one call of a function in
 * the database, which `sql/functions.sql` of this package creates.
 *
 * The client needs the service role key. There are no transactions over HTTP: a hook gets no `tx`, and runs at least
 * once, since it may be that it ran and the ledger could not be told.
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
export function supabaseAdapter<Database, const T extends SyncedTables<Database>>(
  supabase: SupabaseClient<Database>,
  tables: T & CompleteTables<Database, T>,
): SyncAdapter<RowsOf<Database, T>, never, unknown, StoredRowsOf<Database, T>>
export function supabaseAdapter(
  supabase: object,
  tables: Readonly<Record<string, GivenTable | undefined>>,
): SyncAdapter<Record<never, never>, never, unknown, Record<never, never>> {
  if (isClient(supabase)) return createAdapter(supabase, tables)
  throw new ClerkSyncError('config_invalid', 'supabaseAdapter takes what createClient of @supabase/supabase-js made.')
}

function isClient(value: unknown): value is Client {
  return typeof value === 'object' && value !== null && 'rpc' in value && 'from' in value
}
