import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import type { Database } from './database.ts'

const pool = new Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5_000 })
// A connection that breaks says so here while it is idle, and there while it is in use; unheard, it ends the process.
pool.on('error', (error) => console.error('an idle connection broke:', error.message))
pool.on('connect', (client) => client.on('error', (error) => console.error('a connection broke:', error.message)))

export const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
