export type { RowsOf, SyncedTables } from './options.ts'
export { supabaseAdapter } from './supabase-adapter.ts'
