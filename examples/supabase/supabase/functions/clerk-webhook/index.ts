import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { createClient } from '@supabase/supabase-js'
import type { Database } from './database.types.ts'

const supabase = createClient<Database>(
  Deno.env.get('SUPABASE_URL') ?? '',
  Deno.env.get('SUPABASE_SERVICE_ROLE_KEY') ?? '',
  { auth: { persistSession: false, autoRefreshToken: false } },
)

const clerkSync = createClerkSync({
  adapter: supabaseAdapter(supabase, {
    users: { table: 'users', columns: ['email', 'first_name', 'last_name', 'image_url'] },
  }),
})

Deno.serve(clerkSync.handler)
