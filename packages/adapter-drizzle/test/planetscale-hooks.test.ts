import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { mysqlTables } from '@clerk-sync/test-support/kit-tables'
import { Client } from '@planetscale/database'
import { drizzle } from 'drizzle-orm/planetscale-serverless'
import { describe, expect, it, onTestFinished } from 'vitest'
import { servePlanetscale } from './kit/planetscale-server.ts'
import * as schema from './kit/schema-mysql.ts'

/** An adapter, a connection of its own to the database, and a way to take the network away. */
async function open() {
  const { url, query } = await mysqlTables('mysql', 'drizzle_planetscale_hooks', onTestFinished)
  const server = await servePlanetscale(url)
  onTestFinished(server.close)
  const network = { away: false }
  const client = new Client({
    url: server.url,
    fetch: (url, init) =>
      network.away ? Promise.reject(new TypeError('fetch failed')) : fetch(url, init as RequestInit),
  })
  const adapter = drizzleAdapter(drizzle({ client, casing: 'snake_case' }), schema.shapes.plain)
  return { adapter, query, network }
}
const created = userEvent('user.created', 'user_1', 1_700_000_000_000)

describe('On PlanetScale', () => {
  it('what a hook left running after its end writes nothing', async () => {
    const { adapter, query } = await open()
    let leftover: Promise<unknown> = Promise.resolve()
    let letGo = () => {}
    const ended = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const clerkSync = createClerkSync({
      adapter,
      on: {
        'user.created': ({ tx, event }) => {
          leftover = ended.then(() => tx.insert(schema.welcomes).values({ userId: event.data.id, eventId: event.id }))
        },
      },
    })
    expect(await clerkSync.apply(created)).toBe('created')
    letGo()
    await expect(leftover).rejects.toMatchObject({ cause: { message: expect.stringMatching(/transaction has ended/) } })
    expect(await query('select * from welcomes')).toEqual([])
  })

  it('a hook that threw is named, although the rollback failed as well', async () => {
    const { adapter, network } = await open()
    const clerkSync = createClerkSync({
      adapter,
      on: {
        'user.created': () => {
          network.away = true
          throw new Error('the mail server is away')
        },
      },
    })
    await expect(clerkSync.apply(created)).rejects.toMatchObject({
      code: 'hook_failed',
      cause: { message: 'the mail server is away' },
    })
  })

  it('check finds a version column that is too narrow', async () => {
    const { adapter, query } = await open()
    expect(await adapter.check()).toEqual([])
    await query("alter table users modify clerk_version varchar(32) not null default '0'")
    expect(await adapter.check()).toEqual([
      {
        severity: 'error',
        table: 'users',
        column: 'clerk_version',
        message:
          'users.clerk_version holds 32 characters, and a version has up to 34. Widen it, as syncColumns() has it.',
      },
    ])
  })
})
