import { buildResponse } from '../delivery/build-response.ts'
import type { DeliveryResult } from '../delivery/delivery-result.ts'
import { lostBody, type RawDelivery } from '../delivery/raw-delivery.ts'
import { dropRestOfBody } from './drop-rest.ts'

const READ_BEFORE =
  "The request's body was read before. Pass the request on unread, or a request.clone() made before reading."

/** The route for hosts that speak `Request` and `Response`: `clerkSync.handler`. */
export function toFetchHandler(
  receive: (delivery: RawDelivery) => Promise<DeliveryResult>,
): (request: Request) => Promise<Response> {
  return async ({ method, headers, body, bodyUsed }) => {
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
