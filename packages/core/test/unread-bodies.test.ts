// What an unsigned or endless body costs: nothing that is not bounded.
import { createServer } from 'node:http'
import { connect } from 'node:net'
import fastify from 'fastify'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { dropRestOfBody } from '../src/hosts/drop-rest.ts'
import { fastifyClerkSync } from '../src/hosts/fastify.ts'
import { toNodeHandler } from '../src/hosts/node.ts'
import type { RawHeaders } from '../src/index.ts'
import { listen } from './fixtures/server.ts'
import { signed } from './fixtures/signing.ts'
import { syncOf } from './fixtures/sync.ts'

const MIB = 1_048_576

/** A body that counts how often it was asked for more. */
function countedBody() {
  const body = {
    reads: 0,
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        body.reads++
        return { done: false as const, value: new Uint8Array(1024) }
      },
    }),
  }
  return body
}

describe('a body is not read', () => {
  test.each([
    ['without signature headers', {}, 'headers_missing'],
    [
      'with a timestamp of an hour ago',
      signed('{}', { timestamp: Math.floor(Date.now() / 1000) - 3600 }),
      'timestamp_out_of_range',
    ],
    ['with a content-length over the limit', { ...signed('{}'), 'content-length': 2 * MIB }, 'body_too_large'],
  ])('%s', async (_, headers, code) => {
    const body = countedBody()
    expect(await syncOf().receive({ headers, body })).toMatchObject({ ok: false, error: { code } })
    expect(body.reads).toBe(0)
  })
})

test.each([
  ['a number', { 'content-length': 2 }],
  ['a boolean', { 'x-forwarded': true }],
  ['null', { 'x-nothing': null }],
  ['a list', { via: ['a', 'b'] }],
  ['an object that is no text', { context: Object.create(null) }],
  ['a list of them', { contexts: [Symbol('x'), Object.create(null)] }],
  ['a symbol', { 'x-symbol': Symbol('x') }],
])('a host that puts %s into the headers is understood', async (_, header: object) => {
  const clerkSync = syncOf()
  const headers = { ...signed('{}'), ...header } as RawHeaders
  const result = await clerkSync.receive({ headers, body: '{}' })
  expect(result).toMatchObject({ ok: false, error: { code: 'payload_invalid' } })
})

describe('what is left of a body', () => {
  const bodyOf = (chunks: number, bytes: number) => {
    let left = chunks
    const state = { cancelled: false }
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(bytes)) : controller.close()),
      cancel: () => {
        state.cancelled = true
      },
    })
    return { state, stream }
  }

  test('is read to its end, and not cancelled', async () => {
    for (const chunks of [0, 1, 15]) {
      const { state, stream } = bodyOf(chunks, MIB)
      await expect(dropRestOfBody(stream)).resolves.toBeUndefined()
      expect(state.cancelled).toBe(false)
    }
  })

  test('is cancelled where there is no end to it', async () => {
    const { state, stream } = bodyOf(Number.POSITIVE_INFINITY, MIB)
    await dropRestOfBody(stream)
    expect(state.cancelled).toBe(true)
  })

  test('is cancelled where it takes too long', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const cancel = vi.fn()
    const dropped = dropRestOfBody(new ReadableStream({ cancel }))
    await vi.advanceTimersByTimeAsync(1999)
    expect(cancel).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    await dropped
    expect(cancel).toHaveBeenCalledOnce()
  })
})

describe('a sender that goes on after its refusal is cut off', () => {
  /** Writes without an end; gives how many bytes went out before the connection ended. */
  async function flood(port: number, path: string): Promise<number> {
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => {}).resume()
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`)
    const chunk = Buffer.from(`${MIB.toString(16)}\r\n${'x'.repeat(MIB)}\r\n`)
    while (!socket.destroyed && socket.bytesWritten < 512 * MIB) {
      await new Promise((resolve) => socket.write(chunk, resolve))
    }
    return socket.bytesWritten
  }

  test('by toNodeHandler', async () => {
    const { port } = await listen(createServer(toNodeHandler(syncOf())))
    expect(await flood(port, '/')).toBeLessThan(64 * MIB)
  })

  test('by the Fastify plugin', async () => {
    const app = fastify()
    await app.register(fastifyClerkSync, { clerkSync: syncOf() })
    onTestFinished(() => app.close())
    const port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
    expect(await flood(port, '/api/webhooks/clerk')).toBeLessThan(64 * MIB)
  })

  test('by the handler of Request and Response', async () => {
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += MIB
        controller.enqueue(new Uint8Array(MIB))
      },
    })
    const request = new Request('http://localhost/', { method: 'POST', body, duplex: 'half' })
    expect((await syncOf().handler(request)).status).toBe(400)
    expect(sent).toBeLessThan(64 * MIB)
  })

  test('and one that stops gets its answer', async () => {
    const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) })
    const request = new Request('http://localhost/', { method: 'POST', body, duplex: 'half' })
    expect((await syncOf().handler(request)).status).toBe(400)
  })
})
