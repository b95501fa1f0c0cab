import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { type DatabaseCalls, type PartShape, type Shape, testAdapter } from '@clerk-sync/adapter-testkit'
import { KEYS, startPostgrest } from '@clerk-sync/supabase-fake'
import { createdTables } from '@clerk-sync/test-support/kit-tables'
import { rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { afterAll, describe, it } from 'vitest'
import { inCamelCase } from './kit/camel-case.ts'
import { clientOf } from './kit/client.ts'
import { freshProject, migrate } from './kit/database.ts'
import { besidePartShapes, besideShapes, partShapes, shapes } from './kit/shapes.ts'

// The real supabase-js client, a fake of PostgREST (@clerk-sync/supabase-fake says what that proves), and PostgreSQL.
for (const versions of ['row', 'beside'] as const) {
  const database = await freshProject(`supabase_kit_${versions}`)
  const { query, ofParts, ...tables } = await createdTables('postgres', rawPostgres(database, afterAll), versions)
  await migrate(database, 'functions')
  await query(`create table dead_letters (id text primary key, type text not null, entity_id text, code text not null,
    payload text not null, parked_at timestamptz(3) not null)`)
  // As sql/tables.sql and sql/versions.sql have it: nobody but the service role passes.
  const own = ['events', 'dead_letters', ...(versions === 'beside' ? ['versions'] : [])]
  for (const table of own) await query(`alter table ${table} enable row level security`)
  const postgrest = await startPostgrest(database)
  afterAll(postgrest.close)
  const given = versions === 'row' ? { ...shapes, ...partShapes } : { ...besideShapes, ...besidePartShapes }
  const adapterOn = (shape: Shape | PartShape, calls: DatabaseCalls, more: object = {}) => {
    const client = clientOf(postgrest.url, KEYS.service, { global: { fetch: fallible(calls) } })
    return inCamelCase(supabaseAdapter(client, { ...given[shape], ...more }))
  }

  testAdapter({
    name: versions === 'row' ? 'supabase' : 'supabase, versions beside',
    runner: { describe, it },
    capabilities: { transactions: 'none', parallel: true, datePrecisionMs: 1, isolationLevels: [], tombstones: true },
    adapter: (shape, { calls }) => adapterOn(shape, calls),
    ...tables,
    parts: { ...ofParts, adapter: (shape, { calls }) => adapterOn(shape, calls) },
    deadLetters: {
      adapter: ({ calls }) => adapterOn('plain', calls, { deadLetters: 'dead_letters' }),
      read: async (ids) => (await query('select id from dead_letters where id = any($1)', [ids])).map(({ id }) => id),
    },
    effect: (_, { userId, eventId }) => query('insert into welcomes values ($1, $2)', [userId, eventId]),
    failingStatement: () => query('select * from no_such_table'),
  })
}

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
