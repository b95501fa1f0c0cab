// The README's migrations, as its reader copies them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, it } from 'vitest'
import type { Database } from './kit/readme/database.ts'
import { migrations } from './kit/readme/migrations.ts'
import { openPostgres } from './kit/stores.ts'

const kit = join(import.meta.dirname, 'kit/readme')

it.for(readdirSync(kit))('the README shows %s as it is tested here', (file) => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  expect(readme).toContain(readFileSync(join(kit, file), 'utf8'))
})

it('check has nothing to say of the README’s table', async () => {
  const { dialect } = await openPostgres('kysely_readme')
  const db = new Kysely<Database>({ dialect })
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest()
  expect(error).toBeUndefined()
  const users = { table: 'app_user', key: 'clerk_id', columns: ['email', 'display_name'] } as const
  const clerkSync = createClerkSync({
    adapter: kyselyAdapter(db, { users, events: 'clerk_events' }),
    map: {
      user: (_user, record) => ({ email: record.email ?? record.id, display_name: record.fullName }),
      deletedUser: ({ id }) => ({ email: `${id}@deleted.invalid` }),
    },
  })
  expect(await clerkSync.check()).toEqual([])
})
