import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS } from '@clerk-sync/supabase-fake'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { ARRIVALS, deliver, rejoining } from '@clerk-sync/test-support/rejoining'
import { expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

const SYNC_COLUMNS = "clerk_version text not null default '0', deleted_at timestamptz(3)"

async function open(table: string) {
  const { postgrest, sql } = await openProject('supabase_refused', 'functions')
  await sql(table)
  await sql(`grant select, insert, update on ${/table (\w+)/.exec(table)?.[1]} to service_role`)
  await sql("notify pgrst, 'reload schema'")
  return { client: clientOf(postgrest.url, KEYS.service), sql }
}

const errorsOf = async (clerkSync: Pick<ReturnType<typeof createClerkSync>, 'check'>) =>
  (await clerkSync.check()).flatMap(({ severity, message }) => (severity === 'error' ? [message] : []))

it('a delete that CHECK, NOT NULL or NULLS NOT DISTINCT forbids for ever: check() names each, and the error the rule', async () => {
  const { client, sql } = await open(
    `create table users (id text primary key, email text, phone_number text, username text not null, ${SYNC_COLUMNS},
       constraint reachable check (email is not null or phone_number is not null),
       constraint one_email unique nulls not distinct (email))`,
  )
  const columns = ['email', 'phone_number', 'username'] as const
  const adapter = supabaseAdapter(client, { users: { table: 'users', columns } })
  const clerkSync = createClerkSync({ adapter })
  expect(await errorsOf(clerkSync)).toEqual([
    expect.stringMatching(/users\.username is NOT NULL in the database and not in the schema.*map\.deletedUser/),
    expect.stringMatching(/users\.email is unique, NULL too, and a deleted row keeps its values/),
    expect.stringMatching(/users: the constraint reachable forbids what a delete writes.*map\.deletedUser/),
  ])
  await clerkSync.apply(
    userEvent('user.created', 'user_1', 1_760_000_000_000, { ...withEmail('a@b.c'), username: 'ada' }),
  )
  await expect(clerkSync.apply(userEvent('user.deleted', 'user_1', 1_760_000_000_001))).rejects.toMatchObject({
    code: 'value_refused',
    message: expect.stringMatching(/username is NOT NULL.*map\.deletedUser/),
  })

  const map = { deletedUser: ({ id }: { id: string }) => ({ username: id, email: `${id}@deleted.invalid` }) }
  const mapped = createClerkSync({ adapter, map })
  expect(await errorsOf(mapped)).toEqual([])
  await mapped.apply(userEvent('user.deleted', 'user_1', 1_760_000_000_001))
  expect(await sql('select username, email from users')).toEqual([
    { username: 'user_1', email: 'user_1@deleted.invalid' },
  ])
})

it('a member who left and comes back: refused by the index over all rows, stored with the one that check() gives', async () => {
  const { client, sql } = await open(
    `create table members (id text primary key, user_id text not null, organization_id text not null, ${SYNC_COLUMNS},
       constraint members_unique unique (user_id, organization_id))`,
  )
  const columns = ['user_id', 'organization_id'] as const
  const adapter = supabaseAdapter(client, { organizationMemberships: { table: 'members', columns } })
  const clerkSync = createClerkSync({ adapter })
  const [error = ''] = await errorsOf(clerkSync)
  expect(error).toMatch(/a member who left and comes back is answered 503 unique_conflict for ever/)
  const { joined, left, rejoined } = rejoining()
  expect(await deliver(clerkSync, [joined, left, rejoined])).toEqual([
    expect.stringMatching(/^unique_conflict: .*The index is members_unique\..*membership of the same user/),
  ])

  await sql('alter table members drop constraint members_unique')
  await sql(/ live rows alone: (.*?)\. Or /.exec(error)?.[1] ?? '')
  expect(await errorsOf(clerkSync)).toEqual([])
  for (const arrival of ARRIVALS) {
    await sql('delete from members')
    const events = rejoining()
    const sent = arrival.map((name) => events[name])
    expect({ arrival, refused: await deliver(clerkSync, sent) }).toEqual({ arrival, refused: [] })
    expect(await sql('select id from members where deleted_at is null')).toEqual([{ id: 'orgmem_2' }])
  }
})
