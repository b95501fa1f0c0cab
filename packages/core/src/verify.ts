import { Webhook } from 'svix'
import type { ReadDelivery } from './delivery.ts'
import { ClerkSyncError } from './errors.ts'

/** What Svix allows between its clock and ours, in seconds, either way. */
const TOLERANCE_S = 300
const LONGEST_ID = 255

/** Checked here, since a decoder may overlook a character that was lost, and then no signature would ever match. */
const WELL_FORMED = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

export type Secrets = readonly Webhook[]

/**
 * Checks signing secrets and makes them ready.
 *
 * @throws ClerkSyncError `config_invalid` for anything but `whsec_` and base64. The secret is not in the message.
 */
export function parseSecrets(secrets: string | readonly string[]): Secrets {
  const list = typeof secrets === 'string' ? [secrets] : secrets
  if (list.length === 0)
    throw new ClerkSyncError('config_invalid', 'signingSecret is an empty array. Give at least one.')
  return list.map((secret) => {
    if (typeof secret !== 'string' || !WELL_FORMED.test(secret)) throw malformed()
    try {
      return new Webhook(secret)
    } catch (error) {
      throw malformed(error)
    }
  })
}

function malformed(cause?: unknown): ClerkSyncError {
  return new ClerkSyncError(
    'config_invalid',
    'The signing secret is malformed: it is "whsec_" and base64, with no white space or quotes around. ' +
      'Copy it from the endpoint in the Clerk Dashboard (Webhooks) into CLERK_WEBHOOK_SIGNING_SECRET.',
    { cause },
  )
}

/**
 * Verifies a delivery and gives its message id. Any of the secrets will do, so that one can be rotated.
 *
 * @throws ClerkSyncError `headers_missing`, `timestamp_out_of_range` or `signature_mismatch`.
 */
export function verifySignature({ headers, body }: ReadDelivery, secrets: Secrets): string {
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
  if (id.length > LONGEST_ID || !/^\d{1,12}$/.test(timestamp)) {
    throw new ClerkSyncError('headers_missing', 'The svix-id or svix-timestamp header is malformed.')
  }
  const age = Math.floor(Date.now() / 1000) - Number(timestamp)
  if (Math.abs(age) > TOLERANCE_S) {
    throw new ClerkSyncError(
      'timestamp_out_of_range',
      `The attempt is dated ${Math.abs(age)} s ${age > 0 ? 'before' : 'after'} now; ${TOLERANCE_S} s are allowed. ` +
        'Check the clock of this machine; a captured request cannot be played again.',
    )
  }
  // Where a host has joined two lines of one header, it has put a comma in between.
  const signatures = signature.replace(/,\s*(?=v\d+a?,)/g, ' ')
  const signed = { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signatures }
  if (!secrets.some((secret) => matches(secret, body, signed))) {
    throw new ClerkSyncError(
      'signature_mismatch',
      'No signature matches. Either the secret is of another endpoint or instance, or the body was changed on its ' +
        'way: it must arrive here byte for byte, ahead of any body parser.',
    )
  }
  return id
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
