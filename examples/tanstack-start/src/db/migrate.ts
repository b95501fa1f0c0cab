import { Migrator } from 'kysely/migration'
import { db } from './index.ts'
import { migrations } from './migrations.ts'

const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
const { error, results } = await migrator.migrateToLatest()
for (const { migrationName, status } of results ?? []) console.log(`${status}: ${migrationName}`)
await db.destroy()
if (error) throw error
