import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { mysqlTables } from '@clerk-sync/test-support/kit-tables'
import { MysqlDialect } from 'kysely'
import { createPool } from 'mysql2'
import { expect, it, onTestFinished } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'

it.for(['mysql', 'mariadb'] as const)('a write without autocommit is not acknowledged on %s', async (server) => {
  const { url, query } = await mysqlTables(server, 'kysely_autocommit', onTestFinished)
  const pool = createPool({ uri: url, connectionLimit: 1 })
  pool.on('connection', (connection) => connection.query('set autocommit = 0'))
  onTestFinished(() => pool.promise().end())
  const adapter = adapterOf(open(new MysqlDialect({ pool })), 'plain')

  expect((await adapter.check()).map(({ message }) => message).join('\n')).toMatch(/autocommit is off/)
  const event = userEvent('user.created', 'user_1', 1_760_000_000_000)
  await expect(createClerkSync({ adapter }).apply(event)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/autocommit = 0/),
  })
  // Where there is a hook, the transaction is ours, and committed.
  const hooked = createClerkSync({ adapter, on: { 'user.created': () => {} } })
  await hooked.apply(userEvent('user.created', 'user_2', 1_760_000_000_000))
  expect(await query(`select id from users where id = 'user_2'`)).toEqual([{ id: 'user_2' }])
})
