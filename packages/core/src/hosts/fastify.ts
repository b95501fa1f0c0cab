import type { IncomingMessage } from 'node:http'
import type { FastifyPluginCallback } from 'fastify'
import { buildResponse } from '../delivery/build-response.ts'
import { lostBody, type RawBody } from '../delivery/raw-delivery.ts'
import { ClerkSyncError } from '../errors.ts'
import { checkOptions } from '../port/check-options.ts'
import type { ClerkSync } from '../types.ts'
import { dropRestOfStream } from './drop-rest.ts'
import { checkClerkSync } from './given-clerk-sync.ts'

export interface FastifyClerkSyncOptions {
  readonly clerkSync: Pick<ClerkSync, 'receive'>
  /** Default `/api/webhooks/clerk`. */
  readonly path?: string
}

/**
 * The route as a Fastify plugin. It takes the body unparsed, in a context of its own: the parsers of the application's
 * other routes stay as they are. Deliveries are logged by the request's own log, unless `createClerkSync` was given a `logger`
 * or `onResult`.
 *
 * @example
 * ```ts
 * import { createClerkSync } from '@clerk-sync/core'
 * import { fastifyClerkSync } from '@clerk-sync/core/fastify'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 * import fastify from 'fastify'
 *
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
 * export const app = fastify()
 * app.register(fastifyClerkSync, { clerkSync, path: '/api/webhooks/clerk' })
 * ```
 * @throws ClerkSyncError `config_invalid`, from `app.ready()` and `app.listen()`, for options that cannot be.
 */
export const fastifyClerkSync: FastifyPluginCallback<FastifyClerkSyncOptions> = (app, options, done) => {
  const { clerkSync, path = '/api/webhooks/clerk' } = options
  try {
    checkOptions('fastifyClerkSync', options, OPTIONS, ALIASES)
    checkClerkSync('app.register(fastifyClerkSync, { clerkSync })', clerkSync)
    checkPath(path)
  } catch (error) {
    done(error as ClerkSyncError)
    return
  }
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload))
  app.all<{ Body: IncomingMessage | undefined }>(path, async ({ method, headers, body, log }, reply) => {
    const result = await clerkSync.receive({ method, headers, body: body && unread(body), logger: log })
    const response = buildResponse(result)
    if (body && !body.readableEnded) dropRestOfStream(body)
    return reply.code(response.status).headers(response.headers).send(response.body)
  })
  done()
}

/** Its own, and those that Fastify reads from the options of every plugin. */
const OPTIONS = ['clerkSync', 'path', 'prefix', 'logLevel', 'logSerializers']
const ALIASES = { route: 'path', url: 'path', sync: 'clerkSync' }

function checkPath(path: unknown): void {
  if (typeof path === 'string' && /^[/*]/.test(path)) return
  throw new ClerkSyncError(
    'config_invalid',
    `fastifyClerkSync: path must begin with a slash, as "/api/webhooks/clerk" does; it is ${JSON.stringify(path)}.`,
  )
}

function unread(payload: IncomingMessage): RawBody {
  // Ending the iteration early must not destroy the socket: the answer still has to go out through it.
  if (!payload.readableDidRead) return payload.iterator({ destroyOnReturn: false })
  return lostBody(
    'A preParsing hook read the body before. Keep it off this route, or have it pass the bytes on in a stream of its ' +
      'own. fastify-raw-body: global: false.',
  )
}
