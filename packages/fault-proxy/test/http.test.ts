import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { startFaultProxy } from '@clerk-sync/fault-proxy'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

/** Keeps what it is sent, and answers with all of it; in chunks where it is asked to. */
async function served() {
  const kept: string[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => undefined)
    if (body === undefined) return
    kept.push(body)
    if (request.url === '/chunked') response.write('kept ')
    response.end(JSON.stringify(kept))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const proxy = await startFaultProxy({ target: `http://127.0.0.1:${port}/`, protocol: 'http' })
  onTestFinished(async () => {
    await proxy.close()
    server.close().closeAllConnections()
  })
  const post = async (path: string, body: string | ReadableStream) =>
    (await fetch(new URL(path, proxy.url()), { method: 'POST', body, ...{ duplex: 'half' } })).text()
  return { kept, proxy, post }
}

const streamed = (body: string) => new Blob([body]).stream()

it('all passes, in one piece or in chunks, and a request is known by its first line and its body', async () => {
  const { proxy, post } = await served()
  expect(await post('/a', 'one')).toBe('["one"]')
  expect(await post('/chunked', streamed('two '.repeat(50_000)))).toMatch(/^kept \["one","(two ){50000}"\]$/)
  expect(await post('/b', '')).toMatch(/,""\]$/)
  expect(proxy.statements.map((statement) => statement.slice(0, 30))).toEqual([
    'POST /a HTTP/1.1 one',
    expect.stringMatching(/^POST \/chunked HTTP\/1\.1 [\da-f]+\r\n/),
    'POST /b HTTP/1.1 ',
  ])
})

describe.for(['cut', 'reset', 'truncate'] as const)('%s', (fault) => {
  it('before a request: the server never has it, and the client hears of the end', async () => {
    const { kept, proxy, post } = await served()
    proxy.rule({ at: /two$/, do: fault, when: 'before' })
    await post('/', 'one')
    await expect(post('/', 'two')).rejects.toThrow()
    await post('/', 'three')
    expect(kept).toEqual(['one', 'three'])
  })

  it('after a request: the server has answered it, and the client cannot know', async () => {
    const { kept, proxy, post } = await served()
    proxy.rule({ at: /two$/, do: fault, when: 'after' })
    await post('/', 'one')
    await expect(post('/', 'two')).rejects.toThrow()
    expect(kept).toEqual(['one', 'two'])
  })
})

it.for([
  ['before', []],
  ['after', ['one']],
] as const)('silence %s a request: the client waits until the connection is cut', async ([when, expected]) => {
  const { kept, proxy, post } = await served()
  const rule = proxy.rule({ at: /one/, do: 'silence', when })
  let isOver = false
  const waiting = post('/', 'one').finally(() => {
    isOver = true
  })
  const refused = expect(waiting).rejects.toThrow()
  await vi.waitUntil(() => rule.hits() === 1 && kept.length === expected.length)
  expect(isOver).toBe(false)
  await proxy.cutAll()
  await refused
  expect(kept).toEqual(expected)
})
