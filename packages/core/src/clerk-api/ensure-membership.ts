import { ClerkSyncError } from '../errors.ts'
import { prop } from '../port/prop.ts'
import type { Rows } from '../port/sync-adapter.ts'
import type { ClerkSync, WithTable } from '../types.ts'
import { broken } from './api-errors.ts'
import { storeAndFind } from './ensure-row.ts'
import { accessFor, checkId, type EnsureCall, ensure, ensureCall } from './ensure-user.ts'
import { checkOne, type ReadOne } from './one.ts'
import { isNotFound, listedOf } from './pages.ts'
import type { ClerkApiOptions } from './types.ts'

export interface EnsureMembershipOptions extends Omit<ClerkApiOptions, 'clerkClient'> {
  /** The Clerk ids, `org_…` and `user_…`: of a session that was verified. */
  readonly organizationId: string
  readonly userId: string
}

/**
 * The row of a member, also right after joining, when the webhook has not come yet; `null` for who is no member. A
 * membership has an id of its own that a session does not carry, so Clerk is asked each time, and what it answers is stored:
 * look in your own table first, by organization and user.
 *
 * Where a foreign key refers to the user or the organization, and their rows are not there yet, they are read as well.
 *
 * @example
 * ```ts
 * import { createClerkSync } from '@clerk-sync/core'
 * import { ensureMembership } from '@clerk-sync/core/clerk-api'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const adapter = memoryAdapter({ organizationMemberships: { columns: { organizationId: {}, userId: {}, role: {} } } })
 * const clerkSync = createClerkSync({ adapter })
 *
 * export async function roleOf(organizationId: string, userId: string): Promise<unknown> {
 *   return (await ensureMembership(clerkSync, { organizationId, userId }))?.role
 * }
 * ```
 * @throws ClerkSyncError as `ensureUser`.
 */
export async function ensureMembership<Stored extends Rows>(
  clerkSync: ClerkSync<Stored> & WithTable<Stored, 'organizationMembership'>,
  options: EnsureMembershipOptions,
): Promise<NonNullable<Stored['organizationMembership']> | null> {
  const owner = 'ensureMembership'
  const access = accessFor(owner, clerkSync, options, 'organizationId', 'userId')
  const { organizationId, userId } = options
  checkId(owner, 'organization', organizationId)
  checkId(owner, 'user', userId)
  return access.runUntilClosed(owner, async (closing) => {
    const call = ensureCall(owner, access, options, closing)
    const read = await readMembership(call, options)
    return read ? storeMembership<Stored>(call, read, options) : null
  })
}

type Ids = Pick<EnsureMembershipOptions, 'organizationId' | 'userId'>

/** Undefined for who is no member. */
async function readMembership(
  { owner, access, api }: EnsureCall,
  { organizationId, userId }: Ids,
): Promise<ReadOne | undefined> {
  const path = `/organizations/${organizationId}/memberships`
  const answer = await api().get(path, { user_id: userId, limit: 10 })
  if (isNotFound(answer)) return undefined
  const { items, time } = listedOf(path, answer)
  const [snapshot] = items
  if (!snapshot) return undefined
  const isAsked =
    prop(prop(snapshot, 'organization'), 'id') === organizationId &&
    prop(prop(snapshot, 'public_user_data'), 'user_id') === userId
  if (!isAsked) throw broken(path, 'it has a membership of another user or organization than was asked for')
  checkOne(owner, access, 'organizationMembership', snapshot.id)
  return { snapshot, time }
}

/** With its user and its organization, where they are not there yet. */
async function storeMembership<Stored extends Rows>(
  call: EnsureCall,
  read: ReadOne,
  { organizationId, userId }: Ids,
): Promise<NonNullable<Stored['organizationMembership']> | null> {
  const { access } = call
  try {
    return await storeAndFind<Stored, 'organizationMembership'>(access, 'organizationMembership', read)
  } catch (error) {
    if (!ClerkSyncError.is(error) || error.code !== 'reference_missing') throw error
    const { tables } = access.adapter
    if (tables.user) await ensure(call, 'user', userId)
    if (tables.organization) await ensure(call, 'organization', organizationId)
    return storeAndFind<Stored, 'organizationMembership'>(access, 'organizationMembership', read)
  }
}
