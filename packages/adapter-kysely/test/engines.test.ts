import { mysqlTables } from '@clerk-sync/test-support/kit-tables'
import { MysqlDialect } from 'kysely'
import { createPool } from 'mysql2'
import { expect, it, onTestFinished } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'

it.for(['mysql', 'mariadb'] as const)('check refuses engines without transactions on %s', async (server) => {
  const { url, query } = await mysqlTables(server, 'kysely_engines', onTestFinished)
  const pool = createPool({ uri: url, connectionLimit: 1 })
  onTestFinished(() => pool.promise().end())
  const adapter = adapterOf(open(new MysqlDialect({ pool })), 'plain')
  const refused = async () =>
    (await adapter.check())
      .filter(({ severity, message }) => severity === 'error' && /has no transactions/.test(message))
      .map(({ table }) => table)

  expect(await refused()).toEqual([])
  await query('alter table users engine = MyISAM')
  await query('alter table events engine = MyISAM')
  expect((await refused()).sort()).toEqual(['events', 'users'])
})
