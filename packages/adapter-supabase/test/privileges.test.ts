import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS, tokenOf } from '@clerk-sync/supabase-fake'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { describe, expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

const at = 1_760_000_000_000

/** check() first, then an event with a hook: what an operator is told before, and then. */
async function told(change: string, key = KEYS.service) {
  const { postgrest, sql } = await openProject('supabase_privileges', 'functions', 'tables')
  if (change) await sql(change)
  const adapter = supabaseAdapter(clientOf(postgrest.url, key), {
    users: { table: 'users', columns: ['email', 'first_name'] },
    events: 'clerk_events',
  })
  const clerkSync = createClerkSync({ adapter, on: { 'user.created': () => {} } })
  const apply = () =>
    clerkSync.apply(userEvent('user.created', 'user_1', at, withEmail('ada@example.com'))).catch((error) => error)
  const problems = (await clerkSync.check()).map(({ severity, message }) => `${severity}: ${message}`)
  const grant = problems.map((problem) => /Run: (grant .*;)/.exec(problem)?.[1]).filter((found) => found !== undefined)
  return { problems, apply, sql, grant }
}

describe('What service_role may not do is found by check(), with the statement, and an error names the table', () => {
  it.for([
    [
      'no grants on the table',
      'revoke all on users from service_role',
      /service_role may not select, insert, update in users,/,
      /permission denied for table users/,
    ],
    [
      'columns alone',
      'revoke all on users from service_role; grant select on users to service_role; grant insert (id, email, clerk_version, deleted_at), update (email, clerk_version, deleted_at) on users to service_role',
      /may not insert first_name, update first_name in users,/,
      /permission denied for table users/,
    ],
    [
      'no grants on the ledger',
      'revoke all on clerk_events from service_role',
      /service_role may not select, insert, delete in clerk_events,/,
      /permission denied for table clerk_events/,
    ],
    [
      'it may not read the ledger',
      'revoke select on clerk_events from service_role',
      /service_role may not select in clerk_events,/,
      /permission denied for table clerk_events/,
    ],
  ] as const)('%s', async ([, change, problem, error]) => {
    const { problems, apply, sql, grant } = await told(change)
    expect(problems).toEqual([expect.stringMatching(problem)])
    const refused = await apply()
    expect(refused).toMatchObject({ code: 'config_invalid', status: 500, cause: { code: '42501' } })
    expect(refused.message).toMatch(error)
    expect(refused.message).not.toMatch(/sb_secret/)
    for (const statement of grant) await sql(statement)
    expect(await apply()).toBe('created')
  })

  it('a table whose name has quotes: the statements take it as it is', async () => {
    const { postgrest, sql } = await openProject('supabase_privileges', 'functions', 'tables')
    await sql('alter table clerk_events rename to "own ""events"""; alter table users rename to "own ""users"""')
    await sql(`alter table "own ""events""" disable row level security; grant select on "own ""events""" to anon;
      revoke all on "own ""users""" from service_role`)
    const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
      users: { table: 'own "users"', columns: ['email', 'first_name'] },
      events: 'own "events"',
    })
    const messages = (await adapter.check()).map(({ message }) => message)
    const statements = messages.flatMap((message) => /Run: (.*;)/.exec(message)?.[1] ?? [])
    expect(statements).toHaveLength(2)
    for (const statement of statements) await sql(statement)
    expect(await adapter.check()).toEqual([])
  })

  it('row-level security, where the role does not pass it', async () => {
    const role = 'clerk_sync_test_held'
    const { sql } = await openProject('supabase_privileges')
    await sql(`do $$ begin if to_regrole('${role}') is null then create role ${role} nologin noinherit; end if; end $$`)
    const key = tokenOf({ role })
    const grants = `grant usage on schema public to ${role}; grant all on all tables in schema public to ${role};
      grant execute on all functions in schema public to ${role}`
    const { problems, apply } = await told(grants, key)
    expect(problems).toEqual([
      expect.stringMatching(new RegExp(`^warning: Row-level security of users holds ${role}, and its policies decide`)),
      expect.stringMatching(new RegExp(`^warning: Row-level security of clerk_events holds ${role}`)),
    ])
    const refused = await apply()
    expect(refused).toMatchObject({ code: 'config_invalid', cause: { code: '42501' } })
    expect(refused.message).toMatch(/row-level security policy for table "users"/)
    const { problems: withoutPolicy } = await told(`${grants}; drop policy "Users read their own row" on users`, key)
    expect(withoutPolicy[0]).toMatch(/^error: .* no policy lets it write/)
  })
})

describe('What takes no guarded write is found by check(), and an error names it', () => {
  it('a view', async () => {
    const { problems, apply } = await told(
      'alter table users rename to people; create view users as select * from people; grant all on users to service_role',
    )
    expect(problems).toEqual([expect.stringMatching(/^error: users is a view, .* name the table behind it/)])
    expect(await apply()).toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/public\.users cannot be synced, it is not an ordinary table/),
    })
  })

  it('a generated column that is listed', async () => {
    const { problems, apply } = await told(
      "alter table users drop first_name, add first_name text generated always as (split_part(email, '@', 1)) stored",
    )
    expect(problems).toEqual([expect.stringMatching(/^error: users\.first_name is generated by the database/)])
    expect(await apply()).toMatchObject({
      code: 'store_failed',
      message: expect.stringMatching(/the database fills a column itself.*first_name.*Take the column out/),
    })
  })
})
