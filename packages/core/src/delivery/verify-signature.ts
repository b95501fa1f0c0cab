import type { Webhook } from 'svix'
import { ClerkSyncError } from '../errors.ts'
import { isClerkId } from '../port/clerk-id.ts'
import type { VerifyOptions } from './queue-delivery.ts'
import { parseSecrets, type Secrets } from './signing-secrets.ts'

/** What Svix allows between its clock and ours, in seconds, either way. */
const TOLERANCE_S = 300

/** What signs a delivery. */
export interface SignatureHeaders {
  /** The svix-id: the same for every attempt. */
  readonly id: string
  readonly timestamp: string
  readonly signature: string
}

/**
 * The headers that sign a delivery, before its body is read: without them an endless body costs nothing.
 *
 * @throws ClerkSyncError `headers_missing` or `timestamp_out_of_range`.
 */
export function readSignatureHeaders(
  headers: ReadonlyMap<string, string>,
  { anyAge = false }: VerifyOptions = {},
): SignatureHeaders {
  const header = (name: string) => headers.get(`svix-${name}`) ?? headers.get(`webhook-${name}`)
  const id = header('id')
  const timestamp = header('timestamp')
  const signature = header('signature')
  if (!id || !timestamp || !signature) {
    throw new ClerkSyncError(
      'headers_missing',
      'The svix-id, svix-timestamp and svix-signature headers must be there. Without them the request is not from ' +
        'Clerk, or something on its way drops headers.',
    )
  }
  if (!isClerkId(id) || !/^\d{1,12}$/.test(timestamp)) {
    throw new ClerkSyncError(
      'headers_missing',
      'The svix-id header must be up to 255 printable ASCII characters, since it is stored as it is, and svix-timestamp ' +
        'a number of seconds.',
    )
  }
  const age = Math.floor(Date.now() / 1000) - Number(timestamp)
  if (!anyAge && Math.abs(age) > TOLERANCE_S) {
    throw new ClerkSyncError(
      'timestamp_out_of_range',
      `The attempt is dated ${Math.abs(age)} s ${age > 0 ? 'before' : 'after'} now; ${TOLERANCE_S} s are allowed. ` +
        'Check the clock of this machine; a captured request cannot be replayed.',
    )
  }
  // Where a host has joined two lines of one header, it has put a comma in between.
  return { id, timestamp, signature: signature.replace(/,\s*(?=v\d+a?,)/g, ' ') }
}

/**
 * Verifies a body by its signature. Any of the secrets will do, so that one can be rotated.
 *
 * @throws ClerkSyncError `signature_mismatch`.
 */
export function verifySignature(
  body: string,
  headers: SignatureHeaders,
  secrets: Secrets,
  { anyAge = false, retiredSecrets = [] }: VerifyOptions = {},
): void {
  const { id, timestamp, signature } = headers
  const signed = { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signature }
  const isSignedBy = (secret: Webhook) =>
    anyAge ? matchesAtAnyAge(secret, body, headers) : matches(secret, body, signed)
  if (secrets.some(isSignedBy)) return
  if (retiredSecrets.length > 0 && parseSecrets(retiredSecrets).some(isSignedBy)) return
  throw new ClerkSyncError(
    'signature_mismatch',
    'No signature matches. Either the secret is of another endpoint or instance, or the body was changed on its ' +
      'way: it must arrive here byte for byte, ahead of any body parser.',
  )
}

function matches(secret: Webhook, body: string, headers: Record<string, string>): boolean {
  try {
    secret.verify(body, headers)
    return true
  } catch {
    // Headers and time are checked above: what is left is a signature that does not match.
    return false
  }
}

/** Svix's own comparison refuses what is older than five minutes. */
function matchesAtAnyAge(secret: Webhook, body: string, { id, timestamp, signature }: SignatureHeaders): boolean {
  const expected = secret.sign(id, new Date(Number(timestamp) * 1000), body)
  return signature.split(' ').some((given) => isSameText(given, expected))
}

/** In a time that does not tell where they differ. */
function isSameText(given: string, expected: string): boolean {
  if (given.length !== expected.length) return false
  let difference = 0
  for (let at = 0; at < expected.length; at++) difference |= given.charCodeAt(at) ^ expected.charCodeAt(at)
  return difference === 0
}
