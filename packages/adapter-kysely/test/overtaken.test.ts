// MySQL and MariaDB write a row in one statement and look at it in the next: what comes in between is not theirs to tell.
import { createClerkSync } from '@clerk-sync/core'
import { startFaultProxy } from '@clerk-sync/fault-proxy'
import { userEvent } from '@clerk-sync/test-support/events'
import { mysqlTables } from '@clerk-sync/test-support/kit-tables'
import { MysqlDialect } from 'kysely'
import { createPool } from 'mysql2'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'

const at = 1_760_000_000_000

function syncOf(uri: string) {
  const pool = createPool({ uri, connectionLimit: 1, timezone: 'Z' })
  onTestFinished(() => pool.promise().end())
  return createClerkSync({ adapter: adapterOf(open(new MysqlDialect({ pool })), 'plain') })
}

describe.for(['mysql', 'mariadb'] as const)('%s', (server) => {
  it.for([
    ['a newer snapshot', 'user.updated'],
    ['a delete', 'user.deleted'],
  ] as const)('a row that %s reaches before it is looked at was created all the same', async ([, newer]) => {
    const { url, query } = await mysqlTables(server, 'kysely_overtaken', onTestFinished)
    const proxy = await startFaultProxy({ target: url, protocol: 'mysql' })
    onTestFinished(() => proxy.close())
    const overtaken = Promise.withResolvers<void>()
    const look = proxy.rule({ at: /^select .*clerk_holds/i, do: 'delay', when: 'before', until: overtaken.promise })
    const outcome = syncOf(proxy.url()).apply(userEvent('user.created', 'user_1', at))
    await vi.waitFor(() => expect(look.hits()).toBe(1), { timeout: 10_000 })
    const second = syncOf(url)
    expect(await second.apply(userEvent(newer, 'user_1', at + 1))).toBe(
      newer === 'user.deleted' ? 'deleted' : 'updated',
    )
    overtaken.resolve()
    expect(await outcome).toBe('created')
    expect(await query('select deleted_at is not null as deleted from users')).toEqual([
      { deleted: newer === 'user.deleted' ? 1 : 0 },
    ])
  })
})
