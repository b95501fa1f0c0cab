import { ClerkSyncError } from '../errors.ts'
import { isClerkId } from '../port/clerk-id.ts'
import type { Secrets } from './signing-secrets.ts'

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
export function readSignatureHeaders(headers: ReadonlyMap<string, string>): SignatureHeaders {
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
  if (Math.abs(age) > TOLERANCE_S) {
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
export function verifySignature(body: string, headers: SignatureHeaders, secrets: Secrets): void {
  const signed = { ...headers, body }
  if (secrets.some((isSigned) => isSigned(signed))) return
  throw new ClerkSyncError(
    'signature_mismatch',
    'No signature matches. Either the secret is of another endpoint or instance, or the body was changed on its ' +
      'way: it must arrive here byte for byte, ahead of any body parser.',
  )
}
