// A table that had users before Clerk, adopted by the steps of docs/adopting.md, over PostgREST.
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync, type UserRecord } from '@clerk-sync/core'
import { KEYS } from '@clerk-sync/supabase-fake'
import { type AdoptedStore, testAdopting } from '@clerk-sync/test-support/adopting'
import { createLinkedTable, type LinkedStore, testLinkingBeside } from '@clerk-sync/test-support/linking-beside'
import type { SupabaseClient } from '@supabase/supabase-js'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

interface Database {
  public: {
    Tables: { users: { Row: UserRow; Insert: Partial<UserRow>; Update: Partial<UserRow>; Relationships: [] } }
    Views: { [_ in never]: never }
    Functions: { [_ in never]: never }
  }
}
type UserRow = {
  id: number
  clerk_id: string | null
  email: string
  email_confirmed: boolean
  first_name: string | null
  last_name: string | null
  plan: string | null
  clerk_version: string
  deleted_at: string | null
}

const user = (_: unknown, { email, firstName, lastName }: UserRecord) => ({
  email: email ?? '',
  first_name: firstName,
  last_name: lastName,
})
const deletedUser = ({ id }: { readonly id: string }) => ({ email: `${id}@deleted.invalid` })

async function project(): Promise<AdoptedStore> {
  const { postgrest, sql } = await openProject('supabase_adopting', 'functions')
  return {
    dialect: 'postgres',
    query: (text, values = []) => sql(text, ...values),
    start: (link) => {
      const columns = ['email', 'first_name', 'last_name'] as const
      const client: SupabaseClient<Database> = clientOf(postgrest.url, KEYS.service)
      const adapter = supabaseAdapter(client, { users: { table: 'users', key: 'clerk_id', columns } })
      return { adapter, clerkSync: createClerkSync({ adapter, map: { user, deletedUser }, link }) }
    },
  }
}

async function beside(): Promise<LinkedStore> {
  const { postgrest, sql } = await openProject('supabase_linking_beside', 'functions')
  const query: LinkedStore['query'] = (text, values = []) => sql(text, ...values)
  await createLinkedTable(query, 'postgres')
  const users = { table: 'users', key: 'clerk_id', columns: ['email', 'name'] }
  const client = clientOf(postgrest.url, KEYS.service)
  return { query, adapter: supabaseAdapter(client, { users, versions: 'clerk_versions' }) as never }
}

testAdopting('Supabase', project)
testLinkingBeside('Supabase', beside)
