// With connectionLimits(), postgres.js connects to the host that kept its connections, and otherwise to the next, and waits
// two seconds at most before it tries again.
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
import { expect, it, onTestFinished, vi } from 'vitest'

type Accept = (client: Socket) => void

const refuses: Accept = (client) => void client.destroy()
const speaks: Accept = (client) => void client.write('N')

async function listening(accept: Accept, path?: string): Promise<Server> {
  const clients: Socket[] = []
  const server = createServer((client) => {
    clients.push(client.on('error', () => {}))
    accept(client)
  })
  onTestFinished(() => {
    for (const client of clients) client.destroy()
    server.close()
  })
  path === undefined ? server.listen(0, '127.0.0.1') : server.listen(path)
  await once(server, 'listening')
  return server
}

/** So many hosts, and what the client does with them. */
async function hosts(...accept: readonly Accept[]) {
  const servers = await Promise.all(accept.map((one) => listening(one)))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  const { socket } = connectionLimits()
  const ends = new Map<Socket, Promise<unknown>>()
  const open = () => {
    const one = socket({ host: ports.map(() => '127.0.0.1'), port: ports }).on('error', () => {})
    ends.set(one, new Promise((resolve) => one.once('close', resolve)))
    return one
  }
  const indexOf = (one: Socket) => ports.indexOf(Reflect.get(one, 'port'))
  return {
    open,
    indexOf,
    /** The host of a connection that has ended. */
    async ended(one = open()) {
      await ends.get(one)
      return indexOf(one)
    },
  }
}

it('one that refused is followed by the next, and the last by the first', async () => {
  const { ended } = await hosts(refuses, refuses, refuses)
  expect([await ended(), await ended(), await ended(), await ended()]).toEqual([0, 1, 2, 0])
})

it('one whose host is left behind by then moves nothing when it ends', async () => {
  let taken = 0
  const { open, ended, indexOf } = await hosts((client) => void (taken++ > 0 && client.destroy()), refuses, speaks)
  const first = open()
  await once(first, 'connect')
  expect([await ended(), await ended()]).toEqual([0, 1])
  first.destroy()
  expect(await ended(first)).toBe(0)
  expect(indexOf(open())).toBe(2)
})

it.for([
  ['a log-in that failed', 10_000, 1],
  ['a connection that was kept', 10_001, 0],
] as const)('%s, closed after %i ms: the next connection goes to host %i', async ([, lasted, next]) => {
  const { open, ended, indexOf } = await hosts(speaks, speaks)
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000)
  onTestFinished(() => now.mockRestore())
  const one = open()
  await once(one, 'data')
  now.mockReturnValue(1_000 + lasted)
  one.destroy()
  expect(await ended(one)).toBe(0)
  expect(indexOf(open())).toBe(next)
})

it('a host that said nothing for however long is followed by the next', async () => {
  const { open, ended, indexOf } = await hosts(() => {}, refuses)
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000)
  onTestFinished(() => now.mockRestore())
  const one = open()
  await once(one, 'connect')
  now.mockReturnValue(100_000)
  one.destroy()
  expect(await ended(one)).toBe(0)
  expect(indexOf(open())).toBe(1)
})

it('a path is connected to, and no host', async () => {
  const path = join(tmpdir(), `clerk-sync-${process.pid}.sock`)
  onTestFinished(() => rmSync(path, { force: true }))
  const accepted = Promise.withResolvers<Socket>()
  await listening(accepted.resolve, path)
  const one = connectionLimits().socket({ host: ['127.0.0.1'], port: [1], path })
  onTestFinished(() => void one.destroy())
  await accepted.promise
  expect([Reflect.get(one, 'host'), Reflect.get(one, 'port')]).toEqual([undefined, undefined])
})

it('without hosts, it is PostgreSQL on this machine', () => {
  const one = connectionLimits().socket({ host: [], port: [] })
  one.on('error', () => {}).destroy()
  expect(one).toMatchObject({ host: 'localhost', port: 5432 })
})

it('attempts follow each other more and more slowly, and within 2 s', () => {
  const { backoff } = connectionLimits()
  for (const [random, share] of [
    [0, 0.5],
    [1, 1],
  ] as const) {
    const spy = vi.spyOn(Math, 'random').mockReturnValue(random)
    const seconds = [0, 1, 2, 3, 4, 5, 30].map((attempt) => backoff(attempt) / share)
    spy.mockRestore()
    expect(seconds).toEqual([0.01, 0.03, 0.09, 0.27, 0.81, 2, 2])
  }
})
