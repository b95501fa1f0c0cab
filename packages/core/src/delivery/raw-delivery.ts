import { ClerkSyncError } from '../errors.ts'
import type { ClerkSyncLogger } from './logger.ts'

/** Headers as any host hands them over: names in any case, values that some hosts make numbers, booleans or null. */
export type RawHeaders =
  | Headers
  | Readonly<Record<string, string | readonly string[] | number | boolean | null | undefined>>

/** The bytes exactly as they were sent: a parsed and re-stringified body has lost its signature. */
export type RawBody =
  | string
  | Uint8Array
  | ArrayBuffer
  | AsyncIterable<Uint8Array | string>
  | ReadableStream<Uint8Array>

/** A delivery as it arrives, before anything of it is believed. */
export interface RawDelivery {
  /** When given, anything but `POST` is `method_not_allowed`. */
  readonly method?: string | undefined
  readonly headers: RawHeaders
  readonly body: RawBody | null | undefined
  /** The host's own log, in the place of `console`. The options `logger` and `onResult` of `createClerkSync` come first. */
  readonly logger?: ClerkSyncLogger | undefined
}

export const NOT_RAW =
  "This is the request of a framework, whose body is not where it is looked for: it is read by the host's own route. " +
  'Express, Nest, node:http: toNodeHandler(clerkSync) of @clerk-sync/core/node. Fastify: fastifyClerkSync of ' +
  '@clerk-sync/core/fastify. AWS Lambda: toLambdaHandler(clerkSync) of @clerk-sync/core/lambda. Elsewhere: ' +
  'clerkSync.handler takes a Request, and receive { method, headers, body } with the bytes as they were sent.'

/** In the place of a body that was read before: reading it fails, once everything that comes first was checked. */
export function lostBody(message: string): AsyncIterable<never> {
  const next = () => Promise.reject(new ClerkSyncError('raw_body_unavailable', message))
  return { [Symbol.asyncIterator]: () => ({ next }) }
}
