import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql from 'mysql2/promise'
import { users } from './schema.ts'

const pool = mysql.createPool({ uri: process.env.DATABASE_URL ?? '', connectTimeout: 5_000 })

export const db = drizzle({ client: pool, casing: 'snake_case' })
export const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users }) })
