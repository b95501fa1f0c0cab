import type { EntityList, Snapshot } from '../entities/define-entity.ts'
import { isClerkId } from '../port/clerk-id.ts'
import { prop } from '../port/prop.ts'
import { broken } from './api-errors.ts'
import type { Answer, ClerkApi, Query } from './clerk-api.ts'
import type { ClerkTime } from './clerk-time.ts'

/** What one request gave of a list. */
export interface Listed {
  readonly items: readonly Snapshot[]
  readonly time: ClerkTime
  /** How many there are in all, where the page says so. */
  readonly total: number | undefined
}

/**
 * @throws ClerkSyncError `clerk_unavailable` for an answer that is no list of Clerk's: believed, it would pass for the end.
 */
export async function readList(api: ClerkApi, path: string, query: Query): Promise<Listed> {
  return listedOf(path, await api.get(path, query))
}

/** A bare array for users, `{ data, total_count }` for everything else. */
export function listedOf(path: string, { status, body, errorCode, time }: Answer): Listed {
  if (status !== 200) throw broken(path, `status ${status} (${errorCode})`)
  const items: unknown = Array.isArray(body) ? body : prop(body, 'data')
  if (!Array.isArray(items)) throw broken(path, 'an object without data')
  if (!items.every((item) => isClerkId(prop(item, 'id')))) throw broken(path, 'an entry has no id')
  const total = prop(body, 'total_count')
  if (!Array.isArray(body) && !isCount(total)) throw broken(path, 'total_count is no number')
  return { items: items as readonly Snapshot[], time, total: isCount(total) ? total : undefined }
}

/** A 404 of Clerk's own: a proxy's has no such code. */
export function isNotFound({ status, errorCode }: Answer): boolean {
  return status === 404 && errorCode === 'resource_not_found'
}

/** An object of Clerk's, with an id. */
export function objectOf(path: string, { status, body, errorCode }: Answer): Snapshot {
  if (status !== 200) throw broken(path, `status ${status} (${errorCode})`)
  if (!isClerkId(prop(body, 'id'))) throw broken(path, 'it has no id')
  return body as Snapshot
}

/** How many there are of a list whose pages do not say so. */
export async function readCount(api: ClerkApi, path: NonNullable<EntityList['count']>): Promise<number> {
  const { status, body } = await api.get(path)
  const total = prop(body, 'total_count')
  if (status !== 200 || !isCount(total)) throw broken(path, 'total_count is no number')
  return total
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
