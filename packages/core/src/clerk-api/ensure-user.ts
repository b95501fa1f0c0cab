import { ClerkSyncError } from '../errors.ts'
import { checkOptions } from '../port/check-options.ts'
import type { Rows } from '../port/sync-adapter.ts'
import { type StoreAccess, storeAccessOf } from '../store-access.ts'
import type { ClerkSync, WithTable } from '../types.ts'
import { API_ALIASES, API_OPTIONS } from './api-options.ts'
import type { ClerkApi } from './clerk-api.ts'
import { ensureRow } from './ensure-row.ts'
import { apiForOne, checkOne, readOne } from './one.ts'
import type { ClerkApiOptions } from './types.ts'

export interface EnsureUserOptions extends Omit<ClerkApiOptions, 'clerkClient'> {
  /** The Clerk id, `user_…`: of a session that was verified, not of a request's own words. */
  readonly userId: string
}

export interface EnsureOrganizationOptions extends Omit<ClerkApiOptions, 'clerkClient'> {
  /** The Clerk id, `org_…`: of a session that was verified. */
  readonly organizationId: string
}

/**
 * The user's row, also right after the sign-up, when its webhook has not come yet: one query where an event has reached
 * the row, and otherwise one request to Clerk, whose answer is stored under the same guard as a delivery. Whichever of the
 * two is first, the webhook or this, the row ends the same.
 *
 * `null` for a user that Clerk does not have, or that was deleted: a deleted user does not come back. Hooks belong to
 * events: none runs here, and the ones of `user.created` run when its event comes.
 *
 * @example
 * ```ts
 * import { createClerkSync, ensureUser } from '@clerk-sync/core'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
 *
 * // With the key in CLERK_SECRET_KEY.
 * export async function emailOf(userId: string): Promise<unknown> {
 *   const user = await ensureUser(clerkSync, { userId })
 *   return user?.email
 * }
 * ```
 * @throws ClerkSyncError `payload_invalid` for what is no user id; `config_invalid` for options that cannot be, when Clerk
 * refuses the secret key, or the adapter has no users; `clerk_unavailable` when Clerk does not answer, or says to slow down
 * for longer than `limits.maxWaitMs`; `closed` after `clerkSync.close()`;
 * `unique_conflict`, `reference_missing` or `store_failed` as for a delivery.
 */
export async function ensureUser<Stored extends Rows>(
  clerkSync: ClerkSync<Stored> & WithTable<Stored, 'user'>,
  options: EnsureUserOptions,
): Promise<NonNullable<Stored['user']> | null> {
  const access = accessFor('ensureUser', clerkSync, options, 'userId')
  return access.runUntilClosed('ensureUser', (closing) =>
    ensure<Stored, 'user'>(ensureCall('ensureUser', access, options, closing), 'user', options.userId),
  )
}

/**
 * The organization's row, as {@link ensureUser} gives a user's.
 *
 * @example
 * ```ts
 * import { createClerkSync } from '@clerk-sync/core'
 * import { ensureOrganization } from '@clerk-sync/core/clerk-api'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ organizations: { columns: { name: {} } } }) })
 *
 * export async function nameOf(organizationId: string): Promise<unknown> {
 *   const organization = await ensureOrganization(clerkSync, { organizationId })
 *   return organization?.name
 * }
 * ```
 */
export async function ensureOrganization<Stored extends Rows>(
  clerkSync: ClerkSync<Stored> & WithTable<Stored, 'organization'>,
  options: EnsureOrganizationOptions,
): Promise<NonNullable<Stored['organization']> | null> {
  const access = accessFor('ensureOrganization', clerkSync, options, 'organizationId')
  return access.runUntilClosed('ensureOrganization', (closing) =>
    ensure<Stored, 'organization'>(
      ensureCall('ensureOrganization', access, options, closing),
      'organization',
      options.organizationId,
    ),
  )
}

const OPTIONS = API_OPTIONS.filter((name) => name !== 'clerkClient')

/** @throws ClerkSyncError `config_invalid` for what createClerkSync did not return, and options that do not exist. */
export function accessFor(
  owner: string,
  clerkSync: unknown,
  options: object,
  ...ids: [string, ...string[]]
): StoreAccess {
  const access = storeAccessOf(`${owner}(clerkSync, { ${ids.join(', ')} })`, clerkSync)
  checkOptions(owner, options, [...ids, ...OPTIONS], { ...API_ALIASES, id: ids[0], user_id: 'userId' })
  return access
}

const IDS = { user: ['userId', /^user_\w{1,250}$/], organization: ['organizationId', /^org_\w{1,250}$/] } as const

/** @throws ClerkSyncError `payload_invalid` */
export function checkId(owner: string, entity: keyof typeof IDS, id: unknown): void {
  const [option, pattern] = IDS[entity]
  if (typeof id === 'string' && pattern.test(id)) return
  const prefix = entity === 'user' ? 'user_…' : 'org_…'
  throw new ClerkSyncError(
    'payload_invalid',
    `${owner}: ${option} must be the Clerk id of ${entity === 'user' ? 'a user' : 'an organization'}, "${prefix}".`,
  )
}

/** A call of one of these functions. */
export interface EnsureCall {
  /** The function's name, for messages. */
  readonly owner: string
  readonly access: StoreAccess
  /** One for all of the call; where no request is needed, no key is. */
  readonly api: () => ClerkApi
}

export function ensureCall(
  owner: string,
  access: StoreAccess,
  options: ClerkApiOptions,
  closing: AbortSignal,
): EnsureCall {
  let api: ClerkApi | undefined
  return {
    owner,
    access,
    api: () => {
      api ??= apiForOne(owner, options, closing)
      return api
    },
  }
}

export async function ensure<Stored extends Rows, E extends 'user' | 'organization'>(
  { owner, access, api }: EnsureCall,
  entity: E,
  id: string,
): Promise<NonNullable<Stored[E]> | null> {
  checkId(owner, entity, id)
  checkOne(owner, access, entity, id)
  return ensureRow<Stored, E>(access, entity, id, () => readOne(api(), access, { entity, id, found: undefined }))
}
