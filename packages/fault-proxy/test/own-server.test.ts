import { startOwnServer } from '@clerk-sync/fault-proxy'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'

it('PostgreSQL restarts: every connection breaks, the data is there', { timeout: 120_000 }, async () => {
  const server = await startOwnServer('postgres')
  onTestFinished(() => server.close())
  const before = new pg.Client(server.url)
  const broken = new Promise((resolve) => before.on('error', resolve))
  await before.connect()
  await before.query('create table kept as select 1 as n')
  await server.restart()
  expect(await broken).toBeInstanceOf(Error)
  const after = new pg.Client(server.url)
  await after.connect()
  expect((await after.query('select n from kept')).rows).toEqual([{ n: 1 }])
  await after.end()
})
