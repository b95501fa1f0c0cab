import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { mysqlTables, postgresTables } from '@clerk-sync/test-support/kit-tables'
import type { Query } from '@clerk-sync/test-support/raw-connections'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'

/** Gets the text of a statement, and what sends it. */
type Intercept = (text: string, send: () => Promise<unknown>) => Promise<unknown>
interface Store {
  /** With a pool of one connection, so that the next write has it too. */
  adapter(intercept: Intercept): ReturnType<typeof drizzleAdapter>
  readonly query: Query
}

async function postgres(): Promise<Store> {
  const { url, query } = await postgresTables('drizzle_open', onTestFinished)
  return {
    query,
    adapter(intercept) {
      const pool = new pg.Pool({ connectionString: url, max: 1 })
      onTestFinished(() => pool.end())
      const connect = pool.connect.bind(pool)
      Object.assign(pool, { connect: async () => passing(await connect(), intercept) })
      return drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), pgSchema.shapes.plain)
    },
  }
}

async function mysql2(): Promise<Store> {
  const { url, query } = await mysqlTables('mysql', 'drizzle_open', onTestFinished)
  return {
    query,
    adapter(intercept) {
      const pool = mysql.createPool({ uri: url, connectionLimit: 1 })
      onTestFinished(() => pool.end())
      const getConnection = pool.getConnection.bind(pool)
      const client = Object.assign(pool, { getConnection: async () => passing(await getConnection(), intercept) })
      return drizzleAdapter(drizzleMysql({ client, casing: 'snake_case' }), mysqlSchema.shapes.plain)
    },
  }
}

/** The same connection, whose statements pass through a test's hands. */
function passing<C extends { query(...args: never[]): unknown }>(connection: C, intercept: Intercept): C {
  const send = (...args: unknown[]): Promise<unknown> => Reflect.apply(connection.query, connection, args)
  const query = (...args: unknown[]) => {
    const [statement] = args
    const { text, sql } = Object(statement)
    return intercept(String(text ?? sql ?? statement), () => send(...args))
  }
  return Object.create(connection, { query: { value: query } })
}

describe.for([
  ['node-postgres', postgres],
  ['mysql2', mysql2],
] as const)('With %s, no later write rides in a transaction', ([, open]) => {
  it.for(['begin', 'rollback', 'commit'])('whose %s was answered too late', async (late) => {
    const { adapter, query } = await open()
    let failures = 1
    const clerkSync = createClerkSync({
      adapter: adapter(async (text, send) => {
        if (text !== late || failures-- <= 0) return send()
        // What is not carried out leaves the transaction open; so does a begin that is.
        if (late === 'begin') await send()
        throw new Error('Query read timeout')
      }),
      on: {
        'user.created': () => {
          if (late !== 'commit') throw new Error('the hook failed')
        },
      },
    })
    await expect(clerkSync.apply(userEvent('user.created', 'user_1', 1_760_000_000_000))).rejects.toThrow()
    expect(failures).toBe(0)
    expect(await clerkSync.apply(userEvent('user.updated', 'user_2', 1_760_000_000_000))).toBe('created')
    expect((await query('select id from users')).map((row) => row.id)).toEqual(['user_2'])
    expect(await query('select 1 from events')).toEqual([])
  })
})
