import { Client } from '@planetscale/database'
import type { MySqlDatabase, MySqlQueryResultHKT, PreparedQueryHKTBase } from 'drizzle-orm/mysql-core'
import { drizzle as mysql2 } from 'drizzle-orm/mysql2'
import { drizzle as planetscale } from 'drizzle-orm/planetscale-serverless'
import { createPool } from 'mysql2/promise'

const url = process.env.DATABASE_URL ?? ''

/** PlanetScale over HTTP, or any MySQL over TCP. One request at a time reaches an instance of a function. */
export const db: MySqlDatabase<MySqlQueryResultHKT, PreparedQueryHKTBase> = /^https:\/\/|\.psdb\.cloud\b/.test(url)
  ? planetscale(new Client({ url }))
  : mysql2(createPool({ uri: url, connectionLimit: 1, connectTimeout: 5_000 }))
