import { isSecret } from '../deliveries/settings.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, error } = findingsOf('signing secret')

const COPY = 'Copy it from the endpoint in the Clerk Dashboard (Webhooks), without quotes or spaces.'

/** Whether there is a secret that can verify anything. */
export function checkSigningSecret(secret: string | undefined): Finding {
  if (!secret) {
    return error('CLERK_WEBHOOK_SIGNING_SECRET is not set: every delivery is answered 500 config_invalid.', COPY)
  }
  if (isSecret(secret)) return ok('CLERK_WEBHOOK_SIGNING_SECRET is set and well formed.')
  const looks = /^sk_/.test(secret) ? ': it is a secret key, which is another thing' : ', which is "whsec_" and base64'
  return error(`CLERK_WEBHOOK_SIGNING_SECRET is not a signing secret${looks}.`, COPY)
}
