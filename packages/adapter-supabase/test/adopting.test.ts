// A table that had users before Clerk, adopted by the steps of docs/adopting.md, over PostgREST.
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync, type UserRecord } from '@clerk-sync/core'
import { KEYS } from '@clerk-sync/supabase-fake'
import { type AdoptedStore, testAdopting } from '@clerk-sync/test-support/adopting'
import { createLinkedTable, type LinkedStore, testLinkingBeside } from '@clerk-sync/test-support/linking-beside'
import type { SupabaseClient } from '@supabase/supabase-js'
import { expect, it } from 'vitest'
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

it('a row without a Clerk id is listed by its own key as it is stored, whatever its size and the names of its columns', async () => {
  const { postgrest, sql } = await openProject('supabase_long_keys', 'functions')
  await sql(`create table users (
    id bigint, "of, tenant" text, clerk_id text unique, email text, clerk_version text not null default '0',
    deleted_at timestamptz(3), primary key (id, "of, tenant"))`)
  await sql(
    `insert into users values (9007199254740993, 'b', null, 'b@example.com'), (9007199254740993, 'a', null, null)`,
  )
  const users = { table: 'users', key: 'clerk_id', columns: ['email'] }
  const { linking } = supabaseAdapter(clientOf(postgrest.url, KEYS.service), { users })
  expect(await linking?.listUnlinked?.({ entity: 'user', column: 'email', limit: 10 })).toEqual([
    { primaryKey: { id: '9007199254740993', 'of, tenant': 'a' }, value: null },
    { primaryKey: { id: '9007199254740993', 'of, tenant': 'b' }, value: 'b@example.com' },
  ])
})

it('rows of a table without a primary key are listed by no key, whatever unique indexes it has', async () => {
  const { postgrest, sql } = await openProject('supabase_no_key', 'functions')
  await sql(`create table users (
    clerk_id text unique, email text unique, clerk_version text not null default '0', deleted_at timestamptz(3))`)
  await sql(`insert into users (email) values ('a@example.com'), ('b@example.com')`)
  const users = { table: 'users', key: 'clerk_id', columns: ['email'] }
  const { linking } = supabaseAdapter(clientOf(postgrest.url, KEYS.service), { users })
  const listed = (await linking?.listUnlinked?.({ entity: 'user', column: 'email', limit: 10 })) ?? []
  expect(listed.toSorted((a, b) => (String(a.value) < String(b.value) ? -1 : 1))).toEqual([
    { primaryKey: {}, value: 'a@example.com' },
    { primaryKey: {}, value: 'b@example.com' },
  ])
})
