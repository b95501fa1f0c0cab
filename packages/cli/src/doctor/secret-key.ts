import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, error } = findingsOf('secret key')

const PUBLISHABLE = /(^|_)CLERK_PUBLISHABLE_KEY$/

/** Whether the keys are there, and are of one instance, as far as they show it themselves. */
export function checkSecretKey(env: NodeJS.ProcessEnv): Finding {
  const secret = env.CLERK_SECRET_KEY
  if (!secret) {
    return warning(
      'CLERK_SECRET_KEY is not set: what is in your tables was not compared with Clerk.',
      'Copy it from the Clerk Dashboard (API keys).',
    )
  }
  const kind = /^sk_(test|live)_\w+$/.exec(secret)?.[1]
  if (kind === undefined) {
    return error(
      'CLERK_SECRET_KEY is not a secret key: it begins with sk_test_ or sk_live_.',
      'Copy it from the Clerk Dashboard (API keys).',
    )
  }
  const [name, publishable] = Object.entries(env).find(([name, value]) => PUBLISHABLE.test(name) && value) ?? []
  if (publishable !== undefined && !publishable.startsWith(`pk_${kind}_`)) {
    return error(
      `CLERK_SECRET_KEY and ${name} are of two instances: one is of a development instance, one of production.`,
      'Take both from the same instance in the Clerk Dashboard (API keys).',
    )
  }
  return ok(`CLERK_SECRET_KEY is set, of a ${kind === 'test' ? 'development' : 'production'} instance.`)
}
