import { ClerkSyncError } from '../errors.ts'
import { type Verifier, verifierOf } from './verifier.ts'

/** Checked here, since a decoder may overlook a character that was lost, and then no signature would ever match. */
const WELL_FORMED = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

export type Secrets = readonly Verifier[]

/**
 * Checks signing secrets and makes them ready.
 *
 * @throws ClerkSyncError `config_invalid` for anything but `whsec_` and base64. The secret is not in the message.
 */
function parseSecrets(secrets: string | readonly string[]): Secrets {
  const list = Array.isArray(secrets) ? secrets : [secrets]
  if (list.length === 0)
    throw new ClerkSyncError('config_invalid', 'signingSecret is an empty array. Give at least one.')
  return list.map((secret) => {
    if (typeof secret !== 'string' || !WELL_FORMED.test(secret)) throw malformed(secret)
    try {
      return verifierOf(secret)
    } catch (error) {
      throw malformed(secret, error)
    }
  })
}

function malformed(secret: unknown, cause?: unknown): ClerkSyncError {
  const [key] = /^[sp]k_/.exec(String(secret)) ?? []
  return new ClerkSyncError(
    'config_invalid',
    `The signing secret ${key ? `begins with "${key}", as Clerk's API keys do` : 'is malformed'}: it is "whsec_" and ` +
      'base64, with no white space or quotes around. Copy it from the endpoint in the Clerk Dashboard (Webhooks) into ' +
      'CLERK_WEBHOOK_SIGNING_SECRET.',
    { cause },
  )
}

/** Given or from the environment, now if it is there, otherwise with the first delivery. */
export function readSecrets(given: string | readonly string[] | undefined): () => Secrets {
  const find = () => given ?? globalThis.process?.env.CLERK_WEBHOOK_SIGNING_SECRET
  const now = find()
  let secrets = now ? parseSecrets(now) : undefined
  return () => {
    const later = secrets ? undefined : find()
    if (later) secrets = parseSecrets(later)
    if (secrets) return secrets
    throw new ClerkSyncError(
      'config_invalid',
      'There is no signing secret: set CLERK_WEBHOOK_SIGNING_SECRET, or pass signingSecret. It is shown at the ' +
        'endpoint in the Clerk Dashboard (Webhooks).',
    )
  }
}
