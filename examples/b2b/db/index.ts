import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'

const pool = new Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5_000 })
pool.on('error', (error) => console.error('an idle connection broke:', error.message))

export const db = drizzle(pool, { casing: 'snake_case' })

export type Transaction = Parameters<Parameters<typeof db.transaction>[0]>[0]
