import { createClient, type SupabaseClientOptions } from '@supabase/supabase-js'

/** The real client, as a server makes it: nothing to remember between requests. */
export function clientOf(url: string, key: string, options: SupabaseClientOptions<'public'> = {}) {
  return createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false }, ...options })
}
