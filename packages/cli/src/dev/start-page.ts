import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describeError, UsageError } from '../errors.ts'
import { redact } from '../redact.ts'
import { readAssets } from './assets.ts'
import { admit, NotAllowed } from './guard.ts'
import { HEADERS } from './headers.ts'
import { readJson } from './read-json.ts'
import type { RecentDeliveries } from './recent-deliveries.ts'

/** So that nothing between takes an idle stream for a dead one, in ms. */
const HEARTBEAT_MS = 15_000

/** What may wait for a page that does not read, in bytes. */
const MOST_WAITING = 16 * 1024 * 1024

/** What the page asks for, by its path. What it gives becomes JSON. */
export interface PageRoutes {
  readonly get: Readonly<Record<string, () => unknown>>
  readonly post: Readonly<Record<string, (body: unknown) => unknown>>
}

export interface StartedPage {
  /** For the browser. */
  readonly url: string
  /** For `recordDeliveries`. */
  readonly recorder: { readonly address: string; readonly token: string }
  close(): Promise<void>
}

const newToken = () => randomBytes(24).toString('base64url')

/**
 * Serves the page to this machine alone.
 *
 * @param port - the one to try; any other where it is taken
 */
export async function startPage(port: number, recent: RecentDeliveries, routes: PageRoutes): Promise<StartedPage> {
  const assets = readAssets()
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      const status = error instanceof NotAllowed ? 403 : error instanceof UsageError ? 422 : 500
      if (!response.headersSent) answer(response, status, { error: redact(describeError(error)) })
      else response.destroy()
    })
  })
  const admission = { port: await listen(server, port), pageToken: newToken(), recorderToken: newToken() }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const caller = admit(request, admission)
    if (typeof caller === 'string') return answer(response, 403, { error: caller })
    if (caller.kind === 'recorder') {
      if (!recent.add(await readJson(request))) throw new UsageError('That is no list of deliveries.')
      return answer(response, 200, {})
    }
    const { path } = caller
    const own = (known: Readonly<Record<string, unknown>>) => Object.hasOwn(known, path)
    if (request.method === 'POST' && own(routes.post)) {
      return answer(response, 200, await routes.post[path]?.(await readJson(request)))
    }
    if (request.method !== 'GET') return answer(response, 405, { error: 'The page asks for that in another way.' })
    const asset = assets.get(path)
    if (asset) return void response.writeHead(200, { ...HEADERS, 'content-type': asset.type }).end(asset.body)
    if (path === 'events') return stream(response, recent)
    if (own(routes.get)) return answer(response, 200, await routes.get[path]?.())
    answer(response, 404, { error: 'There is no such page.' })
  }

  const origin = `http://127.0.0.1:${admission.port}`
  return {
    url: `${origin}/${admission.pageToken}/`,
    recorder: { address: `${origin}/record`, token: admission.recorderToken },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** @returns the port that it got */
async function listen(server: Server, port: number): Promise<number> {
  for (const one of [port, 0]) {
    try {
      server.listen(one, '127.0.0.1')
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    } catch (error) {
      if (one === 0 || Reflect.get(Object(error), 'code') !== 'EADDRINUSE') throw error
    }
  }
  throw new Error('unreachable')
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'application/json' }).end(JSON.stringify(body ?? null))
}

/** Server-sent events: those that are kept, and the new ones as they come. */
function stream(response: ServerResponse, recent: RecentDeliveries): void {
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' })
  const write = (text: string) => {
    response.write(text)
    // A browser that reads nothing: it asks again, and is sent what is kept.
    if (response.writableLength > MOST_WAITING) response.destroy()
  }
  write(`event: hello\ndata: ${JSON.stringify(recent.all)}\n\n`)
  const end = recent.listen((delivery) => write(`data: ${JSON.stringify(delivery)}\n\n`))
  const heartbeat = setInterval(() => write(':\n\n'), HEARTBEAT_MS)
  response.once('close', () => {
    end()
    clearInterval(heartbeat)
  })
}
