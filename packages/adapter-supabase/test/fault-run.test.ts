import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { EMPTY_PROJECT, KEYS, startPostgrest } from '@clerk-sync/supabase-fake'
import { type FaultedDriver, type FaultedOptions, testFaults } from '@clerk-sync/test-support/fault-run'
import { createdTables } from '@clerk-sync/test-support/kit-tables'
import { rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { onTestFinished } from 'vitest'
import { clientOf } from './kit/client.ts'
import { migrate } from './kit/database.ts'
import { shapes } from './kit/shapes.ts'

async function tables(database: string) {
  const query = rawPostgres(database, onTestFinished)
  await query(EMPTY_PROJECT)
  await createdTables('postgres', query)
  await migrate(database, 'functions')
  await query('create unique index on welcomes (event_id)')
  return { query }
}

async function postgrestTo(database: string): Promise<string> {
  const postgrest = await startPostgrest(database)
  onTestFinished(postgrest.close)
  return postgrest.url
}

/** A hook has no transaction here, and may run twice: its row is its message's. */
function syncOf(url: string, { sync }: FaultedOptions) {
  const client = clientOf(url, KEYS.service)
  return createClerkSync({
    adapter: supabaseAdapter(client, shapes.plain),
    ...sync,
    on: {
      'user.created': async ({ event }) => {
        const { error } = await client.from('welcomes').insert({ user_id: event.data.id, event_id: event.id })
        if (error && error.code !== '23505') throw error
      },
    },
  })
}

const supabase: Pick<FaultedDriver, 'server' | 'statements'> = { server: 'postgres', statements: 3 }

testFaults('supabase_faults', [
  {
    ...supabase,
    name: 'Supabase',
    // The call that marks the message as processed.
    commit: /clerk_sync_mark/,
    tables: async (database) => ({ ...(await tables(database)), url: await postgrestTo(database) }),
    open: syncOf,
  },
  {
    ...supabase,
    name: 'Supabase, the database behind it',
    tables,
    open: async (url, options) => syncOf(await postgrestTo(url), options),
  },
])
