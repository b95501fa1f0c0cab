import type { IncomingMessage, ServerResponse } from 'node:http'
import { buildResponse } from '../delivery/build-response.ts'
import { lostBody, type RawBody } from '../delivery/raw-delivery.ts'
import type { ClerkSync } from '../types.ts'
import { dropRestOfStream } from './drop-rest.ts'
import { frameworkHint } from './framework-hint.ts'
import { checkClerkSync } from './given-clerk-sync.ts'

const PARSED_BEFORE =
  'A body parser read the request before, and a signature can only be checked on the bytes as they were sent.'

/** What body parsers leave on a request. */
interface MaybeParsed {
  readonly body?: unknown
  readonly rawBody?: unknown
}

/**
 * The route for hosts that speak Node's request and response: Express, Next's Pages API, Nest, `node:http`. It takes an
 * unread request, a Buffer or string in `body` (`express.raw`), or one in `rawBody` (Nest, Firebase). A body that a
 * parser has turned into an object is lost: the answer is 500 `raw_body_unavailable`, and `onResult` gets the fix.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createClerkSync } from '@clerk-sync/core'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 * import { toNodeHandler } from '@clerk-sync/core/node'
 *
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
 * export const server = createServer(toNodeHandler(clerkSync))
 * ```
 * @throws ClerkSyncError `config_invalid` for what `createClerkSync` did not return.
 */
export function toNodeHandler(
  clerkSync: Pick<ClerkSync, 'receive'>,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  checkClerkSync('toNodeHandler(clerkSync)', clerkSync)
  return async (request, response) => {
    const result = await clerkSync.receive({ method: request.method, headers: request.headers, body: bodyOf(request) })
    const { status, headers, body } = buildResponse(result)
    // A time-out of the host may have answered.
    if (response.headersSent) return
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
    if (!request.readableEnded) dropRestOfStream(request)
  }
}

function bodyOf(request: IncomingMessage & MaybeParsed): RawBody {
  if (isRaw(request.rawBody)) return request.rawBody
  // Before `body`, which may be a getter that parses. Ending the iteration early must not destroy the socket: the
  // answer still has to go out through it.
  if (request.readableDidRead === false) return request.iterator({ destroyOnReturn: false })
  if (isRaw(request.body)) return request.body
  return lostBody(`${PARSED_BEFORE} ${frameworkHint(request)}`)
}

function isRaw(body: unknown): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array
}
