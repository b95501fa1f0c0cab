import { askClerk } from './ask-clerk.ts'

interface Count {
  readonly path: string
  readonly field: string
}

/** How Clerk says how many there are. */
const COUNTS: Readonly<Record<string, Count>> = {
  user: { path: '/users/count', field: 'total_count' },
  organization: { path: '/organizations?limit=1', field: 'total_count' },
  organizationMembership: { path: '/organization_memberships?limit=1', field: 'total_count' },
}

/** How many of an entity Clerk has, or why that is not known; undefined without a secret key, and where Clerk counts none. */
export async function clerkCountOf(
  entity: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number | string | undefined> {
  const count = COUNTS[entity]
  return count && env.CLERK_SECRET_KEY ? countOf(count, env, signal) : undefined
}

/** How many there are, or why that is not known. */
export async function countOf(
  { path, field }: Count,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number | string> {
  try {
    const { status, body } = await askClerk(path, env, signal)
    const count: unknown = Reflect.get(Object(body), field)
    if (status !== 200) return `it answered ${status}`
    return typeof count === 'number' ? count : 'its answer has no count'
  } catch {
    signal.throwIfAborted()
    return 'it did not answer'
  }
}
