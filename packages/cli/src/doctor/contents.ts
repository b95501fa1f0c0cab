import type { ClerkSync } from '@clerk-sync/core'
import { type TableState, tableStates } from '@clerk-sync/core/clerk-api'
import { describeError } from '../errors.ts'
import { timeOf } from '../runs/time-of.ts'
import { askClerk } from './ask-clerk.ts'
import { type Finding, findingsOf } from './finding.ts'

const contents = findingsOf('contents')
const freshness = findingsOf('newest event')

/** How Clerk says how many there are. */
const COUNTS: Readonly<Record<string, { readonly path: string; readonly field: string }>> = {
  user: { path: '/users/count', field: 'total_count' },
  organization: { path: '/organizations?limit=1', field: 'total_count' },
  organizationMembership: { path: '/organization_memberships?limit=1', field: 'total_count' },
}

/** Compares how many rows there are with what Clerk counts, and says when the newest change came. */
export async function checkContents(
  clerkSync: ClerkSync,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  let states: readonly TableState[]
  try {
    states = await tableStates(clerkSync, { signal })
  } catch (error) {
    signal.throwIfAborted()
    return [contents.unknown(describeError(error), 'Mend what is said of the tables first.')]
  }
  const counted = await Promise.all(states.map((state) => compare(state, env, signal)))
  return [...counted.flat(), ...freshnessOf(states)]
}

async function compare(state: TableState, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<readonly Finding[]> {
  const { entity, table, live } = state
  const count = COUNTS[entity]
  const theirs = count && env.CLERK_SECRET_KEY ? await countOf(count, env, signal) : undefined
  if (theirs === undefined) return [contents.ok(`${table}: ${live} rows.`)]
  if (theirs === live) return [contents.ok(`${table}: ${live} rows, as many as Clerk has.`)]
  const fix =
    live === 0
      ? 'Fill it: clerk-sync backfill.'
      : 'See what differs: clerk-sync reconcile --dry-run. Then mend it: clerk-sync reconcile.'
  // A delivery under way makes a difference of few, for a moment.
  const few = Math.abs(theirs - live) <= Math.max(2, theirs / 1000)
  return [contents[few ? 'warning' : 'error'](`${table}: ${live} rows, and Clerk has ${theirs}.`, fix)]
}

async function countOf(
  { path, field }: { readonly path: string; readonly field: string },
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const { status, body } = await askClerk(path, env, signal)
    const count: unknown = Reflect.get(Object(body), field)
    return status === 200 && typeof count === 'number' ? count : undefined
  } catch {
    signal.throwIfAborted()
    // What Clerk does not answer was said of the instance.
    return undefined
  }
}

/** Without a change for so long, an application with users has most likely lost its endpoint, in ms. */
const QUIET_MS = 7 * 86_400_000

function freshnessOf(states: readonly TableState[]): readonly Finding[] {
  const newest = Math.max(...states.map(({ newestAt }) => newestAt?.getTime() ?? 0))
  if (newest <= 0) return []
  const age = Date.now() - newest
  const text = `The newest change in the tables is ${timeOf(Math.max(0, age) / 1000)} old.`
  if (age < QUIET_MS) return [freshness.ok(text)]
  return [
    freshness.warning(
      text,
      'See that the endpoint is enabled: Clerk Dashboard, Webhooks. Svix disables one that fails for five days.',
    ),
  ]
}
