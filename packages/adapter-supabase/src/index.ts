export { supabaseAdapter } from './supabase-adapter.ts'
export type { SupabaseRows, SupabaseTables } from './types.ts'
