import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5_000 })
// Without a listener, an idle connection that breaks would end the process.
pool.on('error', (error) => console.error(`PostgreSQL closed an idle connection: ${error.message}`))

export const db = drizzle(pool)
