import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { type DatabaseCalls, sqlTables, testAdapter } from '@clerk-sync/adapter-testkit'
import { KEYS, startPostgrest } from '@clerk-sync/supabase-stand-in'
import pg from 'pg'
import { afterAll, describe, it } from 'vitest'
import { inCamelCase } from './kit/camel-case.ts'
import { clientOf } from './kit/client.ts'
import { freshDatabase, migrate } from './kit/database.ts'
import { optionsOf } from './kit/tables.ts'

// The real supabase-js client, a stand-in for PostgREST (@clerk-sync/supabase-stand-in says what that proves), and PostgreSQL.
const database = await freshDatabase('supabase_kit')
const raw = new pg.Pool({ connectionString: database, max: 4 })
const { create, read, insert, triggers } = sqlTables(
  'postgres',
  async (text, values) => (await raw.query(text, [...values])).rows,
)
await create()
await migrate(database, 'functions')
const postgrest = await startPostgrest(database)
afterAll(async () => {
  await postgrest.close()
  await raw.end()
})

testAdapter({
  name: 'supabase',
  runner: { describe, it },
  capabilities: { transactions: 'none', parallel: true, datePrecisionMs: 1, isolationLevels: [] },
  adapter(shape, { calls }) {
    const client = clientOf(postgrest.url, KEYS.service, { global: { fetch: fallible(calls) } })
    return inCamelCase(supabaseAdapter(client, optionsOf(shape)))
  },
  read,
  insert,
  triggers,
  effect: (_, { userId, eventId }) => raw.query('insert into welcomes values ($1, $2)', [userId, eventId]),
  failingStatement: () => raw.query('select * from no_such_table'),
})

/** Every request passes through the kit's hands; a deadlock is answered as PostgREST does. */
function fallible(calls: DatabaseCalls): typeof fetch {
  return (input, init) =>
    calls
      .run(() => fetch(input, init))
      .catch((error: unknown) => {
        const { code, message } = Object(error)
        if (code !== '40001') throw error
        return Response.json({ code, message, details: null, hint: null }, { status: 500 })
      })
}
