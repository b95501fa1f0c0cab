// The application: one route for Clerk, a few to look at the tables, and a page.
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DeliveryResult } from '@clerk-sync/core'
import { toNodeHandler } from '@clerk-sync/core/node'
import { DeliveryFeed } from './feed.ts'
import { openStore } from './open-store.ts'
import { type Database, type Mode, SettingsError } from './settings.ts'
import type { Row, Store } from './store.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

export interface RunningServer {
  readonly url: string
  readonly store: Store
  /** Answers what is under way, then lets go of the database. */
  close(): Promise<void>
}

export interface ServerOptions {
  readonly adapter: string
  readonly mode: Mode
  readonly database: Database
  readonly port: number
  readonly signingSecret: string
  readonly onResult: (result: DeliveryResult) => void
}

const HOST = '127.0.0.1'
const GOODBYE_MS = 5_000

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { adapter, mode, database, port, signingSecret } = options
  const feed = new DeliveryFeed()
  const onResult = (result: DeliveryResult) => {
    feed.add(result)
    options.onResult(result)
  }
  const store = await openStore(adapter, mode, database, { signingSecret, onResult })
  const server = createServer(route(store, feed))
  try {
    await listen(server, port)
  } catch (error) {
    await store.close()
    throw error
  }

  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    feed.end()
    server.closeIdleConnections()
    // A client that neither finishes its request nor goes away does not keep the process.
    const deadline = setTimeout(() => server.closeAllConnections(), GOODBYE_MS)
    await closed
    clearTimeout(deadline)
    await store.close()
  }
  return { url: `http://${HOST}:${(server.address() as AddressInfo).port}`, store, close }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES'
      reject(taken ? new SettingsError(`PORT ${port} is taken. Choose another, or 0 for any free one.`) : error)
    })
    server.listen(port, HOST, resolve)
  })
}

function route(store: Store, feed: DeliveryFeed): Handler {
  const reads = new Map<string, Handler>([
    ['/', file('index.html', 'text/html')],
    ['/page.css', file('page.css', 'text/css')],
    ['/page.js', file('page.js', 'text/javascript')],
    ['/api/users', rows(() => store.users())],
    ['/api/organizations', rows(() => store.organizations())],
    ['/api/memberships', rows(() => store.memberships())],
    ['/api/tombstones', rows(() => tombstones(store))],
    ['/api/welcomes', list(async () => sorted(await store.welcomes(), ({ eventId }) => eventId))],
    ['/api/events', (_request, response) => feed.open(response)],
  ])
  const receive = toNodeHandler(store.clerkSync)

  return async (request, response) => {
    const [path] = (request.url ?? '/').split('?', 1) as [string]
    if (path === '/api/webhooks/clerk') return receive(request, response)
    const read = reads.get(path)
    if (!read) return json(response, 404, { code: 'not_found' })
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      return json(response, 405, { code: 'method_not_allowed' })
    }
    try {
      await read(request, response)
    } catch (error) {
      console.error(`${path}:`, error)
      json(response, 503, { code: 'store_failed' })
    }
  }
}

/** What is left of deleted rows, wherever it is. */
async function tombstones(store: Store): Promise<readonly Row[]> {
  if (store.tombstones) return store.tombstones()
  const tables = await Promise.all([store.users(), store.organizations(), store.memberships()])
  return tables.flat().flatMap(({ id, deletedAt }) => (deletedAt ? [{ id, deletedAt }] : []))
}

const rows = (read: () => Promise<readonly Row[]>) => list(async () => sorted(await read(), ({ id }) => id))

function list(read: () => Promise<readonly unknown[]>): Handler {
  return async (_request, response) => json(response, 200, await read())
}

/** By code units, which is the same everywhere; collations of databases are not. */
function sorted<T>(all: readonly T[], key: (row: T) => string): readonly T[] {
  return all.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

/** Names and pictures are what users typed: the page runs no script but its own, and loads nothing but pictures. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

function file(name: string, type: string): Handler {
  const content = readFileSync(new URL(`./page/${name}`, import.meta.url))
  return (_request, response) => {
    response.writeHead(200, { ...PAGE_HEADERS, 'content-type': `${type}; charset=utf-8` }).end(content)
  }
}
