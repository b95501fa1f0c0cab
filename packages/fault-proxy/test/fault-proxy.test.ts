import { serverUrl } from '@clerk-sync/bare-machine/server-url'
import { startFaultProxy } from '@clerk-sync/fault-proxy'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { DATABASES, makeTable } from './databases.ts'

describe.for(['postgres', 'mysql'] as const)('On %s', (protocol) => {
  const { server, open } = DATABASES[protocol]
  beforeEach(() => makeTable(protocol))

  async function connected() {
    const proxy = await startFaultProxy({ target: await server(), protocol })
    onTestFinished(() => proxy.close())
    const through = await open(proxy.url())
    const past = await open(await server())
    onTestFinished(async () => {
      await through.end()
      await past.end()
    })
    return { proxy, through, past }
  }

  it('all passes, in both directions, where no rule fits', async () => {
    const { proxy, through } = await connected()
    const rule = proxy.rule({ at: /no such text/, do: 'cut', when: 'before' })
    for (let n = 0; n < 100; n++) await through.insert(n)
    expect(await through.values()).toEqual(Array.from({ length: 100 }, (_, n) => n))
    expect(rule.hits()).toBe(0)
    expect(proxy.statements.filter((text) => text.startsWith('insert into fault_proxy'))).toHaveLength(100)
    expect(proxy.statements[0]).toBe('connect')
  })

  describe.for(['cut', 'reset', 'truncate'] as const)('%s', (fault) => {
    it('before a statement: the server never has it, and the client hears of the end', async () => {
      const { proxy, through, past } = await connected()
      const rule = proxy.rule({ at: /^insert/i, do: fault, when: 'before', skip: 1 })
      await through.insert(1)
      await expect(through.insert(2)).rejects.toThrow()
      await through.insert(3)
      expect(await past.values()).toEqual([1, 3])
      expect(rule.hits()).toBe(1)
    })

    it('after a statement: the server has carried it out, and the client cannot know', async () => {
      const { proxy, through, past } = await connected()
      proxy.rule({ at: /^insert/i, do: fault, when: 'after', times: 2 })
      await expect(through.insert(1)).rejects.toThrow()
      await expect(through.insert(2)).rejects.toThrow()
      await through.insert(3)
      expect(await past.values()).toEqual([1, 2, 3])
    })
  })

  it.for([
    ['before', []],
    ['after', [1]],
  ] as const)('silence %s a statement: the client waits until the connection is cut', async ([when, stored]) => {
    const { proxy, through, past } = await connected()
    const rule = proxy.rule({ at: /^insert/i, do: 'silence', when })
    let isOver = false
    const waiting = through.insert(1).finally(() => {
      isOver = true
    })
    const refused = expect(waiting).rejects.toThrow()
    await vi.waitUntil(() => rule.hits() === 1)
    await vi.waitUntil(async () => (await past.values()).length === stored.length)
    expect(isOver).toBe(false)
    await proxy.cutAll()
    await refused
    expect(await past.values()).toEqual(stored)
  })

  it('a delay is only that', async () => {
    const { proxy, through } = await connected()
    const rules = (['before', 'after'] as const).map((when) =>
      proxy.rule({ at: /^insert/i, do: 'delay', when, delayMs: 5 }),
    )
    await through.insert(1)
    await through.insert(2)
    expect(await through.values()).toEqual([1, 2])
    expect(rules.map((rule) => rule.hits())).toEqual([1, 1])
  })

  it('a log-in can fail, and a server can be away and come back', async () => {
    const { proxy, through } = await connected()
    proxy.rule({ at: /^connect$/, do: 'cut', when: 'before' })
    await expect(through.insert(1)).rejects.toThrow()
    await through.insert(2)
    await proxy.goAway()
    expect(proxy.connections()).toBe(0)
    await expect(through.insert(3)).rejects.toThrow()
    await proxy.comeBack()
    await through.insert(4)
    expect(await through.values()).toEqual([2, 4])
  })
})

it('PostgreSQL: a statement that has a name is known by its text each time', async () => {
  await makeTable('postgres')
  const proxy = await startFaultProxy({ target: await serverUrl('CLERK_SYNC_POSTGRES_URL'), protocol: 'postgres' })
  const client = new pg.Client(proxy.url())
  client.on('error', () => {})
  onTestFinished(async () => {
    await client.end()
    await proxy.close()
  })
  await client.connect()
  const insert = (value: number) =>
    client.query({ name: 'insert', text: 'insert into fault_proxy values ($1)', values: [value] })
  const rule = proxy.rule({ at: /^insert into fault_proxy/, do: 'cut', when: 'after', skip: 2 })
  await insert(1)
  await insert(2)
  await expect(insert(3)).rejects.toThrow()
  expect(rule.hits()).toBe(1)
})

it('MySQL: a prepared statement is known by its text each time, and rows come through whole', async () => {
  await makeTable('mysql')
  const proxy = await startFaultProxy({ target: await serverUrl('CLERK_SYNC_MYSQL_URL'), protocol: 'mysql' })
  const client = await mysql.createConnection(proxy.url())
  client.on('error', () => {})
  onTestFinished(async () => {
    client.destroy()
    await proxy.close()
  })
  const insert = (value: number) => client.execute('insert into fault_proxy values (?)', [value])
  const read = async () => (await client.execute('select n, n + ? as next from fault_proxy', [1]))[0]
  const rule = proxy.rule({ at: /^insert into fault_proxy/, do: 'cut', when: 'after', skip: 2 })
  const delayed = proxy.rule({ at: /^select n/, do: 'delay', when: 'after', delayMs: 1, times: 2 })
  await insert(1)
  await insert(2)
  const rows = [
    { n: 1, next: 2 },
    { n: 2, next: 3 },
  ]
  expect(await read()).toEqual(rows)
  expect(await read()).toEqual(rows)
  expect(delayed.hits()).toBe(2)
  await expect(insert(3)).rejects.toThrow()
  expect(rule.hits()).toBe(1)
})
