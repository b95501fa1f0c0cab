import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS } from '@clerk-sync/supabase-fake'
import { type LettersStore, testDeadLetters } from '@clerk-sync/test-support/dead-letters'
import { describe, expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

async function openAdapter(deadLetters: string) {
  const { postgrest, sql } = await openProject('supabase_dead_letters', 'functions', 'tables')
  const adapter = (hasLedger = true) =>
    supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
      users: { table: 'users', columns: ['email'] },
      ...(hasLedger && { events: 'clerk_events' }),
      deadLetters,
    })
  return { sql, adapter }
}

async function open(): Promise<LettersStore> {
  const { sql, adapter } = await openAdapter('dead_letters')
  await sql('alter table users add constraint short check (length(email) < 11)')
  await sql('alter table clerk_dead_letters rename to dead_letters')
  await sql('create table effects (id text)')
  return {
    query: (text) => sql(text),
    mend: () => sql('alter table users drop constraint short'),
    clerkSync: ({ hooks }) =>
      createClerkSync({
        adapter: adapter(),
        on: hooks ? { 'user.updated': ({ event }) => sql('insert into effects values ($1)', event.id) } : undefined,
      }),
  }
}

testDeadLetters([['Supabase', open]], { exactlyOnce: false })

describe('A table of dead letters on Supabase', () => {
  const parkedAt = new Date(1_760_000_000_000)
  const letter = { id: 'msg_1', type: 't', entityId: 'user_1', code: 'value_refused', payload: '"\\u0000"', parkedAt }
  const limit = { most: 1, since: parkedAt }

  it('keeps a letter as it is, and loses it in the request that marks its message', async () => {
    const { sql, adapter } = await openAdapter('clerk_dead_letters')
    const supabase = adapter()
    expect(await supabase.deadLetters?.park(letter, limit)).toBe('parked')
    expect(await sql('select * from clerk_dead_letters')).toEqual([
      { id: 'msg_1', type: 't', entity_id: 'user_1', code: 'value_refused', payload: '"\\u0000"', parked_at: parkedAt },
    ])
    const event = { id: 'msg_1', type: 't', entityId: 'user_1', occurredAt: parkedAt }
    expect(await supabase.once(event, undefined, () => {})).toBe('unchanged')
    expect(await sql('select id from clerk_dead_letters')).toEqual([])
    expect(await sql('select id from clerk_events')).toEqual([{ id: 'msg_1' }])
  })

  it('keeps none of a message that was processed meanwhile, and needs no ledger for all others', async () => {
    const { sql, adapter } = await openAdapter('clerk_dead_letters')
    const supabase = adapter()
    await supabase.once({ id: 'msg_1', type: 't', entityId: 'user_1', occurredAt: parkedAt }, undefined, () => {})
    expect(await supabase.deadLetters?.park(letter, limit)).toBe('duplicate')
    expect(await sql('select id from clerk_dead_letters')).toEqual([])
    const other = { ...letter, id: 'msg_2' }
    expect(await supabase.deadLetters?.park(other, limit)).toBe('parked')
    expect(await supabase.deadLetters?.park({ ...letter, id: 'msg_3' }, limit)).toBe('full')
    expect(await adapter(false).deadLetters?.park(other, limit)).toBe('parked')
    expect(await sql('select id from clerk_dead_letters')).toEqual([{ id: 'msg_2' }])
  })

  it.for([
    ['a grant', 'revoke delete on clerk_dead_letters from service_role', /service_role may not delete in clerk_dead/],
    [
      'a column',
      'alter table clerk_dead_letters drop column code',
      /clerk_dead_letters\.code is missing: no refused/,
      'code',
    ],
    ['the table', 'drop table clerk_dead_letters', /The table clerk_dead_letters is not in the database/],
  ] as const)('lacks %s: check() says so', async ([, change, message, column]) => {
    const { sql, adapter } = await openAdapter('clerk_dead_letters')
    await sql(change)
    const problem = { severity: 'error', table: 'clerk_dead_letters', message: expect.stringMatching(message) }
    expect(await adapter().check()).toEqual([{ ...problem, ...(column && { column }) }])
  })

  it('needs the grants of sql/tables.sql: an error names the table', async () => {
    const { sql, adapter } = await openAdapter('clerk_dead_letters')
    await sql('revoke insert on clerk_dead_letters from service_role')
    await expect(adapter().deadLetters?.park(letter, limit)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/permission denied for table clerk_dead_letters/),
    })
  })
})
