// Hosts on Node that make a Request of what they stream: its body is read on only while somebody takes it.
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { envelope, user } from './fixtures/payloads.ts'
import { deliver, listen, writeThenRead } from './fixtures/server.ts'
import { signed } from './fixtures/signing.ts'
import { syncOf } from './fixtures/sync.ts'

const MIB = 1_048_576
const small = Buffer.from(envelope('user.created', user()))
const large = Buffer.from(envelope('user.created', user({ public_metadata: { padding: 'x'.repeat(6 * MIB) } })))

async function serve() {
  const clerkSync = syncOf()
  const server = createServer(async (incoming, outgoing) => {
    const { method = '', headers } = incoming
    const body = method === 'GET' ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>)
    const request = new Request('http://localhost/', {
      method,
      headers: headers as Record<string, string>,
      body,
      duplex: 'half',
    })
    const response = await clerkSync.handler(request)
    outgoing.writeHead(response.status).end(await response.text())
  })
  return { ...clerkSync, ...(await listen(server)) }
}

function head(headers: Record<string, string>): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST / HTTP/1.1\r\n${lines.join('')}\r\n`
}

const next = [head({ ...signed(small), 'content-length': String(small.length) }), small]

describe('a body over the limit, and the next delivery on the same connection', () => {
  test('with a content-length', async () => {
    const { port } = await serve()
    const refused = [head({ ...signed(large), 'content-length': String(large.length) }), large]
    expect(await writeThenRead(port, [...refused, ...next], 2)).toEqual([
      '413 {"code":"body_too_large"}',
      '200 {"outcome":"created"}',
    ])
  })

  test('without one', async () => {
    const { port } = await serve()
    const size = `${large.length.toString(16)}\r\n`
    const refused = [head({ ...signed(large), 'transfer-encoding': 'chunked' }), size, large, '\r\n0\r\n\r\n']
    expect(await writeThenRead(port, [...refused, ...next], 2)).toEqual([
      '413 {"code":"body_too_large"}',
      '200 {"outcome":"created"}',
    ])
  })

  test('with a method that is not POST', async () => {
    const { port } = await serve()
    const refused = [head({ 'content-length': String(large.length) }).replace('POST', 'PUT'), large]
    expect(await writeThenRead(port, [...refused, ...next], 2)).toEqual([
      '405 {"code":"method_not_allowed"}',
      '200 {"outcome":"created"}',
    ])
  })
})

test('a delivery is stored', async () => {
  const { url, adapter } = await serve()
  expect(await deliver(url, String(small))).toMatchObject({ status: 200, body: '{"outcome":"created"}' })
  expect(adapter.rows('users')).toHaveLength(1)
})

test('a refused body is gone when the answer leaves: on Workers, what goes on after it ends the connection', async () => {
  let left = 32
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setImmediate(resolve))
      if (left-- > 0) controller.enqueue(new Uint8Array(64 * 1024))
      else controller.close()
    },
  })
  const headers = signed(small)
  const { status } = await syncOf().handler(
    new Request('http://localhost/', { method: 'POST', headers, body, duplex: 'half' }),
  )
  expect([status, left]).toEqual([413, -1])
})
