// What connectionLimits() does for connections of postgres.js whose network goes silent.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { type ConnectionLimits, connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
import { startFaultProxy } from '@clerk-sync/fault-proxy'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import postgres from 'postgres'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

const target = await freshDatabase('postgres', 'drizzle_connection_limits')

/** TLS by a key that both ends have, which needs no certificate. */
const KEY = Buffer.alloc(16, 7)
const TLS = { ciphers: 'PSK-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } as const
const withTls = {
  ...TLS,
  pskCallback: () => ({ psk: KEY, identity: 'test' }),
  checkServerIdentity: () => undefined,
}
const tlsAtServer = {
  isServer: true,
  pskCallback: () => KEY,
  ciphers: TLS.ciphers,
  secureContext: createSecureContext(TLS),
}

/** A server that does as the test says with each connection. */
async function serverOf(accept: (client: Socket) => void) {
  const clients: Socket[] = []
  const server = createServer((client) => {
    clients.push(client.on('error', () => {}))
    accept(client)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    for (const client of clients) client.destroy()
    server.close()
  })
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, connections: () => clients.length }
}

/** Takes the TLS off, as a proxy in front of PostgreSQL does: the client asks first whether there is any. */
function tlsProxy(url: string) {
  const { hostname, port } = new URL(url)
  return serverOf((client) =>
    client.once('data', () => {
      client.write('S')
      const upstream = connect(Number(port), hostname)
      const secure = new TLSSocket(client, tlsAtServer)
      secure.pipe(upstream).pipe(secure)
      secure.on('error', () => upstream.destroy())
      upstream.on('error', () => secure.destroy())
    }),
  )
}

function clientOf(ports: readonly number[], tls: boolean, limits: ConnectionLimits = connectionLimits()) {
  const { username, password, pathname } = new URL(target)
  const hosts = ports.map((port) => `127.0.0.1:${port}`)
  const options = { max: 1, ssl: tls && withTls, ...limits }
  const client = postgres(`postgres://${username}:${password}@${hosts}${pathname}`, options)
  onTestFinished(() => client.end({ timeout: 0 }))
  return client
}

const one = (client: postgres.Sql) => client`select 1 as one`.then(([row]) => row?.one as unknown)

it.for([false, true])('a connection that goes silent is closed, with TLS: %s', async (tls) => {
  const proxy = await startFaultProxy({ target, protocol: 'postgres' })
  onTestFinished(() => proxy.close())
  const port = tls ? (await tlsProxy(proxy.url())).port : Number(new URL(proxy.url()).port)
  const client = clientOf([port], tls, connectionLimits({ silenceMs: 500 }))
  expect(await one(client)).toBe(1)
  const rule = proxy.rule({ at: /select 1/, do: 'silence', when: 'before' })
  await expect(one(client)).rejects.toThrow('Nothing passed on this connection for 0.5 s.')
  expect(rule.hits()).toBe(1)
  // The driver loses a query that it gets between the error of its socket and the close.
  await vi.waitFor(() => expect(proxy.connections()).toBe(0))
  expect(await one(client)).toBe(1)
})

describe('the first of two hosts', () => {
  it.for<[string, (client: Socket) => void, boolean]>([
    ['says nothing', () => {}, false],
    ['says nothing to a client with TLS', () => {}, true],
    ['says nothing after it has agreed to TLS', (client) => client.once('data', () => client.write('S')), true],
  ])('%s: the next connection goes to the second', async ([, accept, tls]) => {
    const first = await serverOf(accept)
    const { hostname, port } = new URL(target)
    const second = tls
      ? await tlsProxy(target)
      : await serverOf((client) => {
          client.pipe(connect(Number(port), hostname)).pipe(client)
        })
    const client = clientOf([first.port, second.port], tls)
    await expect(one(client)).rejects.toThrow()
    expect([first.connections(), second.connections()]).toEqual([1, 0])
    expect(await one(client)).toBe(1)
    expect([first.connections(), second.connections()]).toEqual([1, 1])
  })
})
