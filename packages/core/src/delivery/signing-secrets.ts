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
function parseSecrets(secrets: string | readonly string[], areRetired = false): Secrets {
  const list = Array.isArray(secrets) ? secrets : [secrets]
  if (list.length === 0)
    throw new ClerkSyncError('config_invalid', 'signingSecret is an empty array. Give at least one.')
  return list.map((secret, n) => {
    const retiredAs = areRetired ? `retiredSecrets[${n}]` : undefined
    if (typeof secret !== 'string' || !WELL_FORMED.test(secret)) throw malformed(secret, retiredAs)
    try {
      return verifierOf(secret)
    } catch (error) {
      throw malformed(secret, retiredAs, error)
    }
  })
}

function malformed(secret: unknown, retiredAs: string | undefined, cause?: unknown): ClerkSyncError {
  const [key] = /^[sp]k_/.exec(String(secret)) ?? []
  return new ClerkSyncError(
    'config_invalid',
    `${retiredAs ?? 'The signing secret'} ${key ? `begins with "${key}", as Clerk's API keys do` : 'is malformed'}: it is "whsec_" and ` +
      `base64, with no white space or quotes around. ${
        retiredAs
          ? 'Give the old secret as it was, or leave it out.'
          : 'Copy it from the endpoint in the Clerk Dashboard (Webhooks) into CLERK_WEBHOOK_SIGNING_SECRET.'
      }`,
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
      'There is no signing secret: set CLERK_WEBHOOK_SIGNING_SECRET (node reads .env with --env-file alone), or pass ' +
        'signingSecret. Copy it from the endpoint in the Clerk Dashboard (Webhooks).',
    )
  }
}

const retired = new WeakMap<readonly string[], Secrets>()

/**
 * Secrets that were rotated out, parsed once.
 *
 * @throws ClerkSyncError `config_invalid`, also where another secret would match: it is found with the first message then.
 */
export function readRetiredSecrets(given: readonly string[] = []): Secrets {
  if (given.length === 0) return []
  const known = retired.get(given) ?? parseSecrets(given, true)
  retired.set(given, known)
  return known
}
