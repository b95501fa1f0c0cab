import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS } from '@clerk-sync/supabase-fake'
import { testRefusedValues } from '@clerk-sync/test-support/refused-values'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

testRefusedValues([
  [
    'Supabase',
    'postgres',
    async (column, before) => {
      const { postgrest, sql } = await openProject('supabase_refused_values', 'functions')
      if (before) await sql(before)
      await sql(
        `create table users (id text primary key, email ${column}, clerk_version text not null default '0', deleted_at timestamptz(3))`,
      )
      await sql('grant select, insert, update on users to service_role')
      await sql("notify pgrst, 'reload schema'")
      const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
        users: { table: 'users', columns: ['email'] },
      })
      return { query: (text) => sql(text), clerkSync: createClerkSync({ adapter }) }
    },
  ],
])
