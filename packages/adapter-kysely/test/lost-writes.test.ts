import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { postgresTables, type Versions } from '@clerk-sync/test-support/kit-tables'
import { testTakenBack } from '@clerk-sync/test-support/taken-back'
import { PostgresDialect } from 'kysely'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'

async function opened(versions: Versions) {
  const { url, query } = await postgresTables('kysely_lost_writes', onTestFinished, versions)
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  onTestFinished(() => pool.end())
  return { sql: query, adapter: adapterOf(open(new PostgresDialect({ pool })), 'plain', { versions }) }
}

testTakenBack(() => opened('beside'))

it.for([
  ['row', false],
  ['row', true],
  ['beside', false],
  ['beside', true],
] as const)(
  'What a deferred trigger leaves alone is stored, versions: %s, with a hook: %s',
  async ([versions, hooked]) => {
    const { sql, adapter } = await opened(versions)
    await sql('create function f() returns trigger language plpgsql as $$ begin return null; end $$')
    await sql(
      'create constraint trigger t after insert or update or delete on users deferrable initially deferred for each row execute function f()',
    )
    const hook = () => {}
    const { apply } = createClerkSync({
      adapter,
      ...(hooked && { on: { 'user.created': hook, 'user.updated': hook, 'user.deleted': hook } }),
    })
    expect(await apply(userEvent('user.created', 'user_1', 1_000))).toBe('created')
    expect(await apply(userEvent('user.updated', 'user_1', 2_000))).toBe('updated')
    expect(await apply(userEvent('user.deleted', 'user_1', 3_000))).toBe('deleted')
    const live = versions === 'row' ? 'where deleted_at is null' : ''
    expect(await sql(`select id from users ${live}`)).toEqual([])
  },
)
