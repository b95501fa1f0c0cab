import { ClerkSyncError } from '../errors.ts'
import { NOT_RAW, type RawDelivery, type RawHeaders } from './raw-delivery.ts'

/** 1 MiB: what Clerk's payloads reach at most. Larger bodies are refused unread. */
export const MAX_BODY_BYTES = 1_048_576

export type HeaderValues = ReadonlyMap<string, string>

/**
 * The headers by lower-case name. They are checked before the body is read.
 *
 * @throws ClerkSyncError `method_not_allowed`; `body_too_large` when `content-length` says so.
 */
export function readHeaders({ method, headers }: RawDelivery, maxBodyBytes: number): HeaderValues {
  if (method !== undefined && method !== 'POST') {
    throw new ClerkSyncError('method_not_allowed', `Clerk sends webhooks with POST; this was ${method}.`)
  }
  const values = new Map<string, string>()
  for (const [name, value] of entriesOf(headers)) {
    if (value !== undefined && value !== null) values.set(String(name).toLowerCase(), textOf(value))
  }
  if (Number(values.get('content-length')) > maxBodyBytes) throw tooLarge(maxBodyBytes)
  return values
}

/** Some hosts put numbers, booleans and null there; an object is no header, and may refuse to be made a text. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(' ')
  return typeof value === 'object' && !(value instanceof Uint8Array) ? '' : String(value)
}

/** What hosts without types hand over: `Headers`, a Map, an object, pairs, or Node's `rawHeaders`. */
function entriesOf(headers: RawHeaders | null | undefined): Iterable<readonly [name: unknown, value: unknown]> {
  if (typeof headers !== 'object' || headers === null) return []
  if (Array.isArray(headers)) return headers.every(Array.isArray) ? headers : pairsOf(headers)
  // Not `instanceof`: undici, node-fetch and test environments have a Headers of their own.
  if ('entries' in headers && typeof headers.entries === 'function') return headers.entries()
  return Object.entries(headers)
}

function pairsOf(flat: readonly unknown[]): [unknown, unknown][] {
  return flat.flatMap((name, index): [unknown, unknown][] => (index % 2 === 0 ? [[name, flat[index + 1]]] : []))
}

/**
 * The body, decoded without loss.
 *
 * @throws ClerkSyncError `body_too_large`, without reading on; `raw_body_unavailable` when the body was read before or
 * broke off; `signature_mismatch` when it is not UTF-8, which Clerk's are.
 */
export async function readBody(delivery: RawDelivery, maxBodyBytes: number): Promise<string> {
  const { body } = delivery
  if ('httpVersion' in delivery && typeof body !== 'string' && !(body instanceof Uint8Array)) {
    throw new ClerkSyncError('raw_body_unavailable', NOT_RAW)
  }
  if (body === null || body === undefined) return ''
  if (typeof body === 'string') {
    // A UTF-16 unit is up to three bytes: count only where it could matter.
    if (body.length > maxBodyBytes || (body.length * 3 > maxBodyBytes && encodedLength(body) > maxBodyBytes)) {
      throw tooLarge(maxBodyBytes)
    }
    return body
  }
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  if (body instanceof Uint8Array || body instanceof ArrayBuffer) {
    if (body.byteLength > maxBodyBytes) throw tooLarge(maxBodyBytes)
    return decode(() => decoder.decode(body))
  }
  if (typeof body !== 'object' || !(Symbol.asyncIterator in body)) {
    throw new ClerkSyncError(
      'raw_body_unavailable',
      'The body is neither text nor bytes nor a stream, so a parser ran before. Pass on the bytes as they were sent.',
    )
  }
  let size = 0
  let text = ''
  try {
    for await (const chunk of body) {
      size += typeof chunk === 'string' ? encodedLength(chunk) : chunk.byteLength
      if (size > maxBodyBytes) throw tooLarge(maxBodyBytes)
      text += typeof chunk === 'string' ? chunk : decode(() => decoder.decode(chunk, { stream: true }))
    }
  } catch (error) {
    if (ClerkSyncError.is(error)) throw error
    throw new ClerkSyncError(
      'raw_body_unavailable',
      'The body could not be read to its end: it was read before, or the connection broke off. ' +
        'Hand the request over unread, ahead of any body parser.',
      { cause: error },
    )
  }
  return text + decode(() => decoder.decode())
}

function decode(run: () => string): string {
  try {
    return run()
  } catch (error) {
    throw new ClerkSyncError(
      'signature_mismatch',
      'The body is not UTF-8, so it is not what Clerk signed. With a Content-Encoding, gzip say, something on its way ' +
        'compresses requests: have it leave this route alone, or decompress the body ahead of the handler.',
      { cause: error },
    )
  }
}

function encodedLength(text: string): number {
  return new TextEncoder().encode(text).byteLength
}

function tooLarge(maxBodyBytes: number): ClerkSyncError {
  return new ClerkSyncError(
    'body_too_large',
    `The body is over ${maxBodyBytes} bytes and was not read. Clerk's stay under 1 MiB; see maxBodyBytes.`,
  )
}

/** For a sender that stops in the middle. */
export function bodyTooSlow(seconds: number): ClerkSyncError {
  return new ClerkSyncError(
    'raw_body_unavailable',
    `The body had not arrived after ${seconds} s. The sender stopped, or something in front of this route holds it back.`,
  )
}
