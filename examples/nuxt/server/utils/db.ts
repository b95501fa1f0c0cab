import { connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'

const client = postgres(process.env.DATABASE_URL ?? '', connectionLimits())

export const db = drizzle({ client, casing: 'snake_case' })
