import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { mysqlTables } from '@clerk-sync/test-support/kit-tables'
import { SIGNING_SECRET } from '@clerk-sync/test-support/signed'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql from 'mysql2/promise'
import { expect, it, onTestFinished } from 'vitest'
import { falliblePool } from './kit/mysql.ts'
import * as schema from './kit/schema-mysql.ts'

const ROWS = 40

async function start(server: 'mysql' | 'mariadb', connectionLimit: number) {
  const { url, query } = await mysqlTables(server, 'bursts_on_mysql', onTestFinished)
  const pool = mysql.createPool({ uri: url, connectionLimit })
  onTestFinished(() => pool.end())
  let sent = 0
  const client = falliblePool(pool, {
    run: (call) => {
      sent++
      return call()
    },
    runSync: (call) => call(),
  })
  const adapter = drizzleAdapter(drizzle({ client, casing: 'snake_case' }), schema.shapes.plain)
  const { apply } = createClerkSync({ adapter, map: {}, signingSecret: SIGNING_SECRET })
  const deliver = (id: string, at: number) => apply(userEvent('user.updated', id, 1_760_000_000_000 + at))
  const burst = (at: number) => Promise.all(Array.from({ length: ROWS }, (_, n) => deliver(`user_${n}`, at)))
  const connect = async () => {
    const connection = await mysql.createConnection(url)
    onTestFinished(() => connection.end())
    return connection
  }
  /** How many calls of the driver there were since it was asked last. */
  const sentSince = () => {
    const since = sent
    sent = 0
    return since
  }
  return { pool, query, sentSince, deliver, burst, connect }
}

it('on MySQL each delivery of a burst is written by itself, once the server was asked', async () => {
  const { sentSince, deliver, burst, query } = await start('mysql', 8)
  await deliver('user_900', 0)
  const each = sentSince()
  for (const [at, asked] of [
    [1, 1],
    [2, 0],
  ] as const) {
    await burst(at)
    expect(sentSince()).toBe(ROWS * each + asked)
  }
  expect(await query('select id from users')).toHaveLength(ROWS + 1)
})

it('on MariaDB a batch that was refused leaves its connection as it was', async () => {
  const { pool, query, deliver, burst, connect } = await start('mariadb', 1)
  const state = 'select connection_id() as id, @@innodb_lock_wait_timeout as seconds, @@in_transaction as begun'
  const [before] = await pool.query(state)
  expect(before).toMatchObject([{ seconds: 50, begun: 0 }])
  await deliver('user_900', 0)
  const application = await connect()
  await application.query('start transaction')
  await application.query("insert into users (id) values ('user_39')")
  const written = burst(1)
  // By itself it waits, and on the connection that the batch has had: there is no other.
  await expect.poll(() => query(WAITING_ALONE), { timeout: 10_000 }).toHaveLength(1)
  await application.query('commit')
  expect(await written).toContain('updated')
  expect((await pool.query(state))[0]).toEqual(before)
})

// Why it is so. Once a server fails this test, deliveries may be written together there as on MariaDB: ADR 53.
it('MySQL has no shorter wait for a lock than a second, in which a statement keeps its rows from all others', async () => {
  const { query, connect } = await start('mysql', 1)
  await query("insert into users (id) values ('innocent')")
  const [application, writer, victim] = await Promise.all([connect(), connect(), connect()])
  await writer.query('set session innodb_lock_wait_timeout = 0')
  expect((await writer.query('select @@innodb_lock_wait_timeout as seconds'))[0]).toEqual([{ seconds: 1 }])
  const hint = '/*+ set_var(innodb_lock_wait_timeout = 1) */'
  expect((await victim.query(`select ${hint} @@innodb_lock_wait_timeout as seconds`))[0]).toEqual([{ seconds: 50 }])
  await application.query('start transaction')
  await application.query("insert into users (id) values ('new')")
  const write = writer.query(
    "insert into users (id) values ('innocent'), ('new') on duplicate key update tagline = 'burst'",
  )
  await expect.poll(() => query(WAITING)).toHaveLength(1)
  await victim.query('set session innodb_lock_wait_timeout = 10')
  const started = performance.now()
  const waited = victim
    .query("update users set tagline = 'mine' where id = 'innocent'")
    .then(() => performance.now() - started)
  await expect(write).rejects.toMatchObject({ code: 'ER_LOCK_WAIT_TIMEOUT' })
  expect(await waited).toBeGreaterThan(500)
})

const WAITING =
  "select 1 from performance_schema.data_locks where lock_status = 'WAITING' and object_schema = database()"
const WAITING_ALONE =
  "select 1 from information_schema.processlist where db = database() and time_ms > 100 and info like 'insert into%'"
