import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'
import { expect, it, onTestFinished } from 'vitest'
import { serveNeon } from './kit/neon-server.ts'
import { besideShapes } from './kit/schema-pg.ts'

// A compare-and-set lowers the version before it writes. Where a second request had to do the rest, a refusal in between
// would leave the tombstone below every event.
it('on neon-http, a tombstone that a refused compare-and-set was to replace stays as it is, also with AFTER triggers', async () => {
  const { url, query } = await postgresTables('drizzle_replace_in_batch', onTestFinished, 'beside')
  const server = await serveNeon()
  onTestFinished(server.close)
  neonConfig.fetchEndpoint = server.endpoint
  const adapter = drizzleAdapter(drizzle(neon(url), { casing: 'snake_case' }), besideShapes.uniqueLast)
  const clerkSync = createClerkSync({ adapter })
  const at = 1_760_000_000_000
  await query(`create function note() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger note after insert or update on "uniqueLastUsers" for each row execute function note()`)
  await clerkSync.apply(userEvent('user.created', 'user_1', at, { first_name: 'Ada' }))
  await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 1000))
  const tombstone = await query("select version, deleted_at from versions where id = 'user_1'")
  await query(`create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
    create trigger refuse before insert on "uniqueLastUsers" for each row execute function refuse()`)
  const version = `${at + 5000}${at + 5000}1000000`
  const expected = String(tombstone[0]?.version)
  const change = {
    kind: 'upsert',
    entity: 'user',
    key: 'user_1',
    version,
    values: { firstName: 'Eve' },
    expected,
  } as const
  await expect(adapter.upsert(change)).rejects.toThrow()
  expect(await query("select version, deleted_at from versions where id = 'user_1'")).toEqual(tombstone)
  await query('drop trigger refuse on "uniqueLastUsers"')
  expect(await adapter.upsert(change)).toBe('created')
  expect(await query('select id, first_name from "uniqueLastUsers"')).toEqual([{ id: 'user_1', first_name: 'Eve' }])
})
