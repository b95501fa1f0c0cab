import { buildResponse } from '../delivery/build-response.ts'
import type { DeliveryResult } from '../delivery/delivery-result.ts'
import { lostBody, NOT_RAW, type RawDelivery } from '../delivery/raw-delivery.ts'
import { prop } from '../port/prop.ts'
import { dropRestOfBody } from './drop-rest.ts'

const READ_BEFORE =
  "The request's body was read before. Pass the request on unread, or a request.clone() made before reading."

/** What some hosts call a route with, after a request of their own: Node's response. */
interface Answerable {
  writeHead(status: number, headers: Readonly<Record<string, string>>): { end(body: string): unknown }
}

/**
 * The route for hosts that speak `Request` and `Response`, for a `receive` of your own: that of `createClerkSync` has its in
 * `clerkSync.handler`. It responds as Svix expects, and never rejects.
 *
 * @example
 * ```ts
 * import { createClerkSync, toFetchHandler } from '@clerk-sync/core'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
 *
 * export const POST = toFetchHandler({
 *   async receive(delivery) {
 *     const result = await clerkSync.receive(delivery)
 *     console.info(result.status, result.durationMs)
 *     return result
 *   },
 * })
 * ```
 */
export function toFetchHandler({
  receive,
}: {
  receive(this: void, delivery: RawDelivery): Promise<DeliveryResult>
}): (request: Request) => Promise<Response> {
  return async (request: Request, ...rest: readonly unknown[]) => {
    const { method, headers, body, bodyUsed } = request
    if (typeof prop(headers, 'get') !== 'function') return refuseRequest(receive, request, rest)
    const unread = body && uncancelled(body)
    const result = await receive({ method, headers, body: bodyUsed ? lostBody(READ_BEFORE) : unread })
    // Fails when somebody else reads it, or the sender has gone: there is nothing to drop then.
    if (body && !result.ok) await dropRestOfBody(body).catch(() => {})
    const response = buildResponse(result)
    return new Response(response.body, { status: response.status, headers: response.headers })
  }
}

/** Cancelling a request's stream makes hosts close the connection, and the answer still has to go out through it. */
async function* uncancelled(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* body.values({ preventCancel: true })
}

/** A host that does not speak `Request` takes no `Response` either: it would wait for an answer, or answer 200 itself. */
async function refuseRequest(
  receive: (delivery: RawDelivery) => Promise<DeliveryResult>,
  { method, headers }: { readonly method?: string; readonly headers?: unknown },
  [answerable]: readonly unknown[],
): Promise<Response> {
  const known = typeof headers === 'object' && headers !== null ? (headers as RawDelivery['headers']) : {}
  const result = await receive({ method, headers: known, body: lostBody(NOT_RAW) })
  const response = buildResponse(result)
  if (typeof prop(answerable, 'writeHead') !== 'function') throw 'error' in result ? result.error : new Error(NOT_RAW)
  ;(answerable as Answerable).writeHead(response.status, response.headers).end(response.body)
  return new Response(response.body, { status: response.status, headers: response.headers })
}
