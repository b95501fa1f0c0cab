import type { IncomingMessage, RequestListener } from 'node:http'
import { toNodeHandler } from '@clerk-sync/core/node'
import express from 'express'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkHost } from '../src/index.ts'
import { library, SECRET, serve } from './server.ts'

type Library = ReturnType<typeof library>

/** The cases that a host fails, by their first words, and what was said of each. */
async function failuresOf(host: (given: Library) => RequestListener) {
  const given = library()
  const { url, close } = await serve(host(given))
  onTestFinished(close)
  const results = await checkHost({ url, secret: SECRET, read: given.read, database: given.database })
  return new Map(results.flatMap(({ name, failure }) => (failure === undefined ? [] : [[name, failure] as const])))
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}

const titles = (failures: Map<string, string>) => [...failures.keys()].map((name) => name.split(/[:,]/)[0])

describe('a host is failed', () => {
  test('that parses the body and writes it again', async () => {
    const failures = await failuresOf(({ clerkSync }) => async (request, response) => {
      const text = await textOf(request)
      const parsed = (() => {
        try {
          return JSON.stringify(JSON.parse(text))
        } catch {
          return text
        }
      })()
      await toNodeHandler(clerkSync)(Object.assign(request, { rawBody: parsed }), response)
    })
    expect(titles(failures)).toEqual(['the bytes arrive as they were signed'])
    expect([...failures.values()][0]).toMatch(/400 \{"code":"signature_mismatch"\}.*something on the way changes/)
  })

  test('that has express.json() in front', async () => {
    const failures = await failuresOf(({ clerkSync }) =>
      express().use(express.json()).post('/api/webhooks/clerk', toNodeHandler(clerkSync)),
    )
    expect(failures.size).toBeGreaterThan(5)
    expect([...failures.values()][0]).toMatch(/raw_body_unavailable.*the server's log names the fix/)
  })

  test('whose parser keeps the bytes, and takes 100 KB at most', async () => {
    const failures = await failuresOf(({ clerkSync }) =>
      express().all('/api/webhooks/clerk', express.raw({ type: '*/*' }), toNodeHandler(clerkSync)),
    )
    expect(titles(failures)).toEqual(['a body of 900 KiB', 'a body of 2 MiB'])
  })

  test('that answers 200 to everything', async () => {
    const failures = await failuresOf(() => (request, response) => {
      request.resume()
      response.end('OK')
    })
    expect(failures.size).toBe(15)
  })

  test('that says it created whatever it is sent', async () => {
    const failures = await failuresOf(() => (request, response) => {
      request.resume()
      response.end('{"outcome":"created"}')
    })
    expect(failures.size).toBeGreaterThan(10)
    expect([...failures.values()].join()).toContain('A created user is not stored')
  })

  test('that answers 202 and works afterwards', async () => {
    const failures = await failuresOf(({ clerkSync }) => async (request, response) => {
      const body = await textOf(request)
      response.writeHead(202).end()
      await clerkSync.receive({ method: request.method, headers: request.headers, body })
    })
    expect(failures.get('a created user is stored: 200 created')).toBe(
      'The answer was 202 (no body), and 200 {"outcome":"created"} was expected.',
    )
    expect(failures.size).toBe(15)
  })

  test('that answers before the commit, in the words of success', async () => {
    const failures = await failuresOf(({ clerkSync }) => async (request, response) => {
      const delivery = { method: request.method, headers: request.headers, body: await textOf(request) }
      const event = await clerkSync.verify(delivery).catch(() => undefined)
      response.end('{"outcome":"created"}')
      if (event) await clerkSync.apply(event).catch(() => {})
    })
    expect(titles(failures)).toContain('while the database is away')
  })

  test('that stores what nobody signed', async () => {
    const failures = await failuresOf(({ clerkSync }) => async (request, response) => {
      const id = String(request.headers['svix-id'])
      const { type, data, timestamp } = JSON.parse((await textOf(request)) || '{}')
      const outcome = await clerkSync.apply({ id, type, data, timestamp, instanceId: null }).catch(() => 'failed')
      response.end(JSON.stringify({ outcome }))
    })
    expect(titles(failures)).toEqual([
      'a body that was tampered with',
      'no signature',
      'a delivery that was signed an hour ago',
      'GET',
      'a body of 2 MiB',
      'while the database is away',
    ])
  })

  test('whose router answers a GET itself, where that was not said', async () => {
    const failures = await failuresOf(({ clerkSync }) => {
      const handle = toNodeHandler(clerkSync)
      return (request, response) =>
        request.method === 'GET' ? response.writeHead(405).end() : handle(request, response)
    })
    expect([...failures.values()]).toEqual([expect.stringContaining("capabilities: { get: 'host' }")])
  })

  test('whose auth middleware sends everyone to the sign-in', async () => {
    const failures = await failuresOf(() => (request, response) => {
      request.resume()
      response.writeHead(307, { location: '/sign-in' }).end()
    })
    expect([...failures.values()][0]).toMatch(/307.*It redirects to \/sign-in.*Make the route public/)
  })

  test.each([
    ['hides the route from everyone', 404, /404.*an auth middleware hides the route.*make the route public/],
    ['refuses everyone', 401, /401.*An auth middleware runs before the route: make it public/],
  ])('whose auth middleware %s', async (_, status, hint) => {
    const failures = await failuresOf(() => (request, response) => {
      request.resume()
      response.writeHead(status).end()
    })
    expect([...failures.values()][0]).toMatch(hint)
  })

  test.each<[string, number, Record<string, string>, string, RegExp]>([
    [
      'redirects to the path with a slash',
      308,
      { location: '/api/' },
      '',
      /It redirects to \/api\/, .*Use that URL(?!.*middleware)/,
    ],
    ['answers with a page', 200, { 'content-type': 'text/html' }, '<!doctype html>', /counts that as delivered/],
    ['is behind a proxy and does not run', 502, {}, 'Bad Gateway', /502.*had no answer from it/],
  ])('that %s', async (_, status, headers, body, hint) => {
    const failures = await failuresOf(() => (request, response) => {
      request.resume()
      response.writeHead(status, headers).end(body)
    })
    expect([...failures.values()][0]).toMatch(hint)
  })

  test('whose gateway wants a token', async () => {
    const failures = await failuresOf(() => (request, response) => {
      request.resume()
      response.writeHead(401).end('{"code":401,"message":"Missing authorization header"}')
    })
    expect([...failures.values()][0]).toMatch(/401.*An auth middleware runs before the route: make it public/)
  })

  test('that is not there', async () => {
    const { url, close } = await serve(() => {})
    await close()
    const [first] = await checkHost({ url, secret: SECRET })
    expect(first?.failure).toMatch(/had no answer: connect ECONNREFUSED/)
  })
})
