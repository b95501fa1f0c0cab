import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'

/** Of the environment, as an application has it: a test sets it before it imports this. */
export const pool = new pg.Pool({ connectionString: process.env.README_DATABASE_URL, max: 2 })
export const db = drizzle(pool)
