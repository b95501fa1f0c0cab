import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { PrismaPg } from '@prisma/adapter-pg'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, text } from 'drizzle-orm/pg-core'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { prismaClient } from '../prisma/contenders.ts'
import { copy } from './copy.ts'
import { guardedRows } from './guarded-rows.ts'
import { kyselyUpsert, type Tables, throughKysely } from './kysely.ts'
import { prismaUpsert, throughPrisma } from './prisma.ts'
import type { Store } from './store.ts'

const columns = { email: text(), firstName: text(), lastName: text(), imageUrl: text() }
const users = pgTable('drizzle_users', { id: clerkId().primaryKey(), ...columns, ...syncColumns() })
const handUsers = pgTable('drizzle_hand_users', { id: clerkId().primaryKey(), ...columns })
const besideUsers = pgTable('drizzle_beside_users', { id: clerkId().primaryKey(), ...columns })
const versions = clerkVersionsTable('drizzle_beside_versions')

export function openPostgres(url: string): Store {
  const pool = new pg.Pool({ connectionString: url, max: 8, options: '-c search_path=bench_backfill' })
  const kysely = () => new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  const prisma = () => prismaClient('postgresql', new PrismaPg(pool, { schema: 'bench_backfill' }))
  const db = () => drizzle(pool, { casing: 'snake_case' })
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
      return ({ id, ...values }) =>
        own
          .insert(handUsers)
          .values({ id, ...values })
          .onConflictDoUpdate({ target: handUsers.id, set: values })
    },
    async query(sql) {
      const { rows } = await pool.query({ text: sql, rowMode: 'array' })
      return rows[0]?.[0]
    },
    async copy(table, rows) {
      const client = await pool.connect()
      try {
        await copy(
          client,
          table,
          Object.keys(rows[0] ?? {}),
          rows.map((row) => Object.values(row)),
        )
      } finally {
        client.release()
      }
    },
    floor: (table, rows) => guardedRows(pool, table, rows),
    close: () => pool.end(),
  }
}
