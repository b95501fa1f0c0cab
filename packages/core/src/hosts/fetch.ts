import { answerTo } from '../delivery/build-response.ts'
import type { DeliveryResult } from '../delivery/delivery-result.ts'
import { lostBody, type RawDelivery } from '../delivery/raw-delivery.ts'

const READ_BEFORE =
  "The request's body was read before. Pass the request on unread, or a request.clone() made before reading."

/** A sender that goes on after this does not want an answer. */
const MOST_DROPPED_BYTES = 16 * 1024 * 1024

/** The route for hosts that speak `Request` and `Response`: `clerkSync.handler`. */
export function toFetchHandler(
  receive: (delivery: RawDelivery) => Promise<DeliveryResult>,
): (request: Request) => Promise<Response> {
  return async ({ method, headers, body, bodyUsed }) => {
    const unread = body && uncancelled(body)
    const result = await receive({ method, headers, body: bodyUsed ? lostBody(READ_BEFORE) : unread })
    // Fails when somebody else reads it, or the sender has gone: there is nothing to drop then.
    if (body && !result.ok) await dropRest(body).catch(() => {})
    const answer = answerTo(result)
    return new Response(answer.body, { status: answer.status, headers: answer.headers })
  }
}

/** Cancelling a request's stream makes hosts close the connection, and the answer still has to go out through it. */
async function* uncancelled(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* body.values({ preventCancel: true })
}

/**
 * Lets what is left of a refused body through and drops it, up to a bound. A host that streams a body reads on only
 * while somebody takes it: otherwise the connection would be held, and the next delivery on it would get no answer.
 * To be awaited before the answer: Workers break off what a request still does after it, and the connection with it.
 */
async function dropRest(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader()
  let left = MOST_DROPPED_BYTES
  while (left > 0) {
    const { done, value } = await reader.read()
    if (done) return
    left -= value.byteLength
  }
  await reader.cancel()
}
