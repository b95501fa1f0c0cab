import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import { Kysely, MysqlDialect } from 'kysely'
import { createPool, type RowDataPacket } from 'mysql2'
import { prismaClient } from '../prisma/contenders.ts'
import { kyselyUpsert, type Tables, throughKysely } from './kysely.ts'
import { prismaUpsert, throughPrisma } from './prisma.ts'
import type { Store } from './store.ts'

const text = () => varchar({ length: 255 })
const columns = () => ({ email: text(), firstName: text(), lastName: text(), imageUrl: text() })
const users = mysqlTable('drizzle_users', { id: clerkId().primaryKey(), ...columns(), ...syncColumns() })
const handUsers = mysqlTable('drizzle_hand_users', { id: clerkId().primaryKey(), ...columns() })
const besideUsers = mysqlTable('drizzle_beside_users', { id: clerkId().primaryKey(), ...columns() })
const versions = clerkVersionsTable('drizzle_beside_versions')

export function openMysql(url: string): Store {
  const uri = new URL(url)
  uri.pathname = '/bench_backfill'
  const pool = createPool({ uri: uri.href, connectionLimit: 8 })
  const kysely = () => new Kysely<Tables>({ dialect: new MysqlDialect({ pool }) })
  const login = {
    host: uri.hostname,
    port: Number(uri.port),
    user: decodeURIComponent(uri.username),
    password: decodeURIComponent(uri.password),
    database: 'bench_backfill',
  }
  let disconnect = async () => {}
  const prisma = async () => {
    const client = await prismaClient(
      'mysql',
      new PrismaMariaDb({ ...login, connectionLimit: 8, allowPublicKeyRetrieval: true }, { useTextProtocol: true }),
    )
    disconnect = () => client.$disconnect()
    return client
  }
  const db = () => drizzle({ client: pool, casing: 'snake_case' })
  return {
    async adapter(orm, mode) {
      if (orm === 'kysely') return throughKysely(kysely(), mode)
      if (orm === 'prisma') return throughPrisma(await prisma(), mode)
      return mode === 'row' ? drizzleAdapter(db(), { users }) : drizzleAdapter(db(), { users: besideUsers, versions })
    },
    async upsert(orm) {
      if (orm === 'kysely') return kyselyUpsert(kysely(), true)
      if (orm === 'prisma') return prismaUpsert(await prisma())
      const own = db()
      return ({ id, ...values }) =>
        own
          .insert(handUsers)
          .values({ id, ...values })
          .onDuplicateKeyUpdate({ set: values })
    },
    async query(sql) {
      const [rows] = await pool.promise().query<RowDataPacket[][]>({ sql, rowsAsArray: true })
      return Array.isArray(rows) ? rows[0]?.[0] : undefined
    },
    async close() {
      await disconnect()
      await pool.promise().end()
    },
  }
}
