import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import Sqlite from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { Kysely, SqliteDialect } from 'kysely'
import { prismaClient } from '../prisma/contenders.ts'
import { kyselyUpsert, type Tables, throughKysely } from './kysely.ts'
import { prismaUpsert, throughPrisma } from './prisma.ts'
import type { Store } from './store.ts'

const columns = () => ({ email: text(), firstName: text(), lastName: text(), imageUrl: text() })
const users = sqliteTable('drizzle_users', { id: clerkId().primaryKey(), ...columns(), ...syncColumns() })
const handUsers = sqliteTable('drizzle_hand_users', { id: clerkId().primaryKey(), ...columns() })
const besideUsers = sqliteTable('drizzle_beside_users', { id: clerkId().primaryKey(), ...columns() })
const versions = clerkVersionsTable('drizzle_beside_versions')

/** @param file - in WAL mode, which syncs to the disk at checkpoints and not at each commit */
export function openSqlite(file: string): Store {
  const database = new Sqlite(file)
  database.pragma('journal_mode = WAL')
  const kysely = () => new Kysely<Tables>({ dialect: new SqliteDialect({ database }) })
  let disconnect = async () => {}
  const prisma = async () => {
    const client = await prismaClient('sqlite', new PrismaBetterSqlite3({ url: `file:${file}` }))
    disconnect = () => client.$disconnect()
    return client
  }
  const db = () => drizzle({ client: database, casing: 'snake_case' })
  return {
    async adapter(orm, mode) {
      if (orm === 'kysely') return throughKysely(kysely(), mode)
      if (orm === 'prisma') return throughPrisma(await prisma(), mode)
      return mode === 'row' ? drizzleAdapter(db(), { users }) : drizzleAdapter(db(), { users: besideUsers, versions })
    },
    async upsert(orm) {
      if (orm === 'kysely') return kyselyUpsert(kysely())
      if (orm === 'prisma') return prismaUpsert(await prisma())
      const own = db()
      return async ({ id, ...values }) =>
        own
          .insert(handUsers)
          .values({ id, ...values })
          .onConflictDoUpdate({ target: handUsers.id, set: values })
          .run()
    },
    async query(sql) {
      const statement = database.prepare(sql)
      return statement.reader ? statement.pluck().get() : void statement.run()
    },
    async close() {
      await disconnect()
      database.close()
    },
  }
}
