import type { Snapshot } from '../entities/define-entity.ts'
import { ClerkSyncError } from '../errors.ts'
import { checkOptions } from '../port/check-options.ts'
import { prop } from '../port/prop.ts'
import type { Rows } from '../port/sync-adapter.ts'
import type { ClerkSync, WithTable } from '../types.ts'

const USER_ID = /^user_\w{1,250}$/

export interface EnsureUserOptions {
  /** `createClerkClient({ secretKey })` of `@clerk/backend`, or what a framework's package of Clerk gives. */
  readonly clerkClient: { readonly users: { getUser(userId: string): Promise<{ readonly raw: Snapshot | null }> } }
  /** The Clerk id, `user_…`: of a session that was verified, not of a request's own words. */
  readonly userId: string
}

/**
 * The user's row, also right after the sign-up, when its webhook has not come yet: one query where an event has reached
 * the row, and otherwise one request to Clerk, whose answer is stored under the same guard as a delivery. Whichever of the two
 * is first, the webhook or this, the row ends the same.
 *
 * `null` for a user that Clerk does not have, or that was deleted: a deleted user does not come back. Hooks belong to
 * events: none runs here, and the ones of `user.created` run when its event comes.
 *
 * @example
 * ```ts
 * import { createClerkClient } from '@clerk/backend'
 * import { createClerkSync, ensureUser } from '@clerk-sync/core'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const clerkClient = createClerkClient({ secretKey: process.env['CLERK_SECRET_KEY'] ?? '' })
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
 *
 * export async function emailOf(userId: string): Promise<unknown> {
 *   const user = await ensureUser(clerkSync, { clerkClient, userId })
 *   return user?.email
 * }
 * ```
 * @throws ClerkSyncError `payload_invalid` for what is no user id; `config_invalid` for options that cannot be, when Clerk
 * refuses the secret key, or the adapter has no users; `clerk_unavailable` when Clerk does not answer or says to slow down; `unique_conflict`,
 * `reference_missing` or `store_failed` as for a delivery.
 */
export async function ensureUser<Stored extends Rows>(
  clerkSync: ClerkSync<Stored> & WithTable<Stored, 'user'>,
  options: EnsureUserOptions,
): Promise<NonNullable<Stored['user']> | null> {
  checkGiven(clerkSync, options)
  const { clerkClient, userId } = options
  if (typeof userId !== 'string' || !USER_ID.test(userId)) {
    throw new ClerkSyncError('payload_invalid', 'ensureUser: userId must be the Clerk id of a user, "user_…".')
  }
  const find = () => clerkSync.find<'user'>('user' as 'user' & WithTable<Stored, 'user'>, userId)
  const there = await find()
  if (there?.deleted) return null
  // A row of the application's own, or from before the webhook, has nothing of Clerk's in it yet.
  if (there?.synced) return there.row
  const sentAt = Date.now()
  const snapshot = await readUser(clerkClient, userId)
  if (!snapshot) return null
  const outcome = await clerkSync.storeRead('user', snapshot, sentAt)
  const stored = await find()
  // A removed row leaves nothing for `find`.
  if (!stored && outcome === 'already_deleted') return null
  if (stored) return stored.deleted ? null : stored.row
  throw new ClerkSyncError(
    'store_failed',
    `The row of ${userId} was written and is not there: something else deletes rows, or reads go to a replica.`,
  )
}

const ALIASES = { user_id: 'userId', id: 'userId', clerk: 'clerkClient', client: 'clerkClient' }

function checkGiven(clerkSync: unknown, options: EnsureUserOptions): void {
  if (typeof prop(clerkSync, 'storeRead') !== 'function') {
    throw new ClerkSyncError(
      'config_invalid',
      'ensureUser takes what createClerkSync returned first: ensureUser(clerkSync, { clerkClient, userId }).',
    )
  }
  checkOptions('ensureUser', options, ['clerkClient', 'userId'], ALIASES)
  const { clerkClient }: { readonly clerkClient: unknown } = options
  if (typeof prop(prop(clerkClient, 'users'), 'getUser') === 'function') return
  const isToAwait = typeof clerkClient === 'function' || typeof prop(clerkClient, 'then') === 'function'
  throw new ClerkSyncError(
    'config_invalid',
    `ensureUser: clerkClient must be a Clerk client, and is ${clerkClient === null ? 'null' : typeof clerkClient}: pass ` +
      (isToAwait
        ? 'what it gives when it is called, await clerkClient().'
        : 'createClerkClient({ secretKey }) of @clerk/backend.'),
  )
}

async function readUser(clerkClient: EnsureUserOptions['clerkClient'], userId: string): Promise<Snapshot | undefined> {
  let user: { readonly raw: Snapshot | null }
  try {
    user = await clerkClient.users.getUser(userId)
  } catch (cause) {
    const status: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'status') : undefined
    if (status === 404) return undefined
    if (status === 401 || status === 403) {
      throw new ClerkSyncError(
        'config_invalid',
        `Clerk's Backend API answered ${status}: the secret key of clerkClient (CLERK_SECRET_KEY) is missing, revoked ` +
          'or of another instance.',
        { cause },
      )
    }
    const what = typeof status === 'number' ? `answered ${status}` : 'did not answer'
    throw new ClerkSyncError(
      'clerk_unavailable',
      `Clerk's Backend API ${what} when ${userId} was read. Nothing was written.` +
        (status === 429 ? ' The limit is 1000 requests per 10 s, 100 in development: wait for Retry-After.' : ''),
      { cause },
    )
  }
  if (user.raw) return user.raw
  throw new ClerkSyncError('config_invalid', 'This @clerk/backend gives no JSON in user.raw: use version 2 or 3.')
}
