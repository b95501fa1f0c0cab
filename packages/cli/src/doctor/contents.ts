import { setTimeout } from 'node:timers/promises'
import type { ClerkSync } from '@clerk-sync/core'
import { type TableState, tableStates } from '@clerk-sync/core/clerk-api'
import { describeError } from '../errors.ts'
import { page } from '../manifest.ts'
import { timeOf } from '../runs/time-of.ts'
import { clerkCountOf, countOf } from './clerk-count.ts'
import { type Finding, findingsOf } from './finding.ts'

const contents = findingsOf('contents')
const freshness = findingsOf('newest event')

/** Compares how many rows there are with what Clerk counts, and says when the newest event came. */
export async function checkContents(
  clerkSync: ClerkSync,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    const first = await look(clerkSync, { env, signal, isLast: false })
    if (!first.some(({ check, severity }) => check === 'contents' && severity === 'warning')) return first
    // A delivery under way makes a difference of few, for a moment.
    await setTimeout(SECOND_LOOK_MS, undefined, { signal })
    return await look(clerkSync, { env, signal, isLast: true })
  } catch (error) {
    signal.throwIfAborted()
    return [contents.unknown(describeError(error), 'Mend what is said of the tables first.')]
  }
}

const SECOND_LOOK_MS = 3000

interface Look {
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly isLast: boolean
}

async function look(clerkSync: ClerkSync, options: Look): Promise<readonly Finding[]> {
  const states = await tableStates(clerkSync, options)
  const counted = await Promise.all(states.map((state) => compare(state, options)))
  return [...counted, ...(await freshnessOf(states, options))]
}

async function compare(state: TableState, { env, signal, isLast }: Look): Promise<Finding> {
  const { entity, table, live, unsynced, unlinked = 0 } = state
  const ours = live - unsynced
  const rows = `${table}: ${ours} live rows${unsynced > 0 ? `, and ${unsynced} that no event and no read has reached` : ''}`
  const theirs = await clerkCountOf(entity, env, signal)
  const without = unlinked > 0 ? `, and ${unlinked} without a Clerk id` : ''
  if (typeof theirs === 'string') {
    const fix = 'See that CLERK_SECRET_KEY may read it, and that CLERK_API_URL is right where you set it.'
    return contents.unknown(`${rows}${without}. How many Clerk has is not known: ${theirs}.`, fix)
  }
  if (theirs === undefined) return without ? contents.note(`${rows}${without}.`, LINK) : contents.ok(`${rows}.`)
  if (theirs === ours) {
    const same = `${rows}, as many as Clerk has`
    return without ? contents.note(`${same}${without}, which are nobody's.`, LINK) : contents.ok(`${same}.`)
  }
  const few = Math.abs(theirs - ours) <= Math.max(isLast ? 0 : 2, theirs / 1000)
  return contents[few ? 'warning' : 'error'](`${rows}${without}, and Clerk has ${theirs}.`, fixOf(state, ours, theirs))
}

const LINK =
  'Rows from before Clerk get their ids by linking: clerk-sync backfill --link-by …, with --dry-run first, whose --json ' +
  `names those that match nobody: ${page('adopting')}.`

const COMPARE = 'See what differs: clerk-sync reconcile --dry-run. Then mend it: clerk-sync reconcile.'

function fixOf({ unlinked = 0 }: TableState, ours: number, theirs: number): string {
  if (unlinked === 0) return ours === 0 ? 'Fill it: clerk-sync backfill.' : COMPARE
  // A user whose address such a row has cannot be written beside it: these rows may be all that is missing, and no more.
  const missing = theirs - ours
  return missing > 0 && missing <= unlinked ? LINK : `${LINK} ${COMPARE}`
}

/** Without an event for so long, an application with users has most likely lost its endpoint, in ms. */
const QUIET_MS = 7 * 86_400_000
/** The event of a user who is this young may still be on its way, in ms. */
const ON_THE_WAY_MS = 3_600_000

async function freshnessOf(states: readonly TableState[], { env, signal }: Look): Promise<readonly Finding[]> {
  const newest = Math.max(...states.map(({ newestAt }) => newestAt?.getTime() ?? 0))
  const reads = states.flatMap(({ oldestReadAt }) => oldestReadAt?.getTime() ?? [])
  // A backfill may leave no trace of the events before it: of those after it, there must be one for each who signed up.
  const since = Math.max(newest, reads.length > 0 ? Math.min(...reads) : 0)
  if (since === 0) return []
  const ago = (time: number) => timeOf(Math.max(0, Date.now() - time) / 1000)
  const text =
    newest > 0
      ? `The newest event in the tables is ${ago(newest)} old.`
      : `No event has reached the tables since they were filled, ${ago(since)} ago.`
  if (Date.now() - (newest || since) < QUIET_MS) return newest > 0 ? [freshness.ok(text)] : []
  const fix = 'See that the endpoint is enabled: Clerk Dashboard, Webhooks. Svix disables one that fails for five days.'
  const hasUsers = env.CLERK_SECRET_KEY && states.some(({ entity }) => entity === 'user')
  const path = `/users/count?created_at_after=${since}&created_at_before=${Date.now() - ON_THE_WAY_MS}`
  const signedUp = hasUsers ? await countOf({ path, field: 'total_count' }, env, signal) : 0
  if (typeof signedUp !== 'number' || signedUp === 0) return [freshness.warning(text, fix)]
  return [freshness.error(`${text} Users who signed up since: ${signedUp}, and none by an event.`, fix)]
}
