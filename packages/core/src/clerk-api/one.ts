import { explained } from '../delivery/explained.ts'
import { storeFailure } from '../delivery/store-failure.ts'
import type { Owners, Snapshot } from '../entities/define-entity.ts'
import { ClerkSyncError } from '../errors.ts'
import { isClerkId } from '../port/clerk-id.ts'
import type { Found, Upsert, WriteOutcome } from '../port/sync-adapter.ts'
import type { StoreAccess } from '../store-access.ts'
import { Absence } from './absence.ts'
import { resolveApi } from './api-options.ts'
import { type ClerkApi, createClerkApi } from './clerk-api.ts'
import type { ClerkTime } from './clerk-time.ts'
import { entitiesOf, proofOf } from './listed-entities.ts'
import { ownersOf } from './owner-columns.ts'
import { buildReadChange } from './read-change.ts'
import type { ClerkApiOptions, ListedEntity } from './types.ts'
import { walkOf } from './walk-entity.ts'

/** A caller waits for one row, and not for a run: few retries, and soon. */
const LIMITS = { timeoutMs: 5000, retries: 2, maxWaitMs: 2000 }

export interface ReadOne {
  readonly snapshot: Snapshot
  readonly time: ClerkTime
}

export function apiForOne(owner: string, options: ClerkApiOptions, closing: AbortSignal): ClerkApi {
  return createClerkApi(resolveApi(owner, { ...options, limits: { ...LIMITS, ...options.limits } }), closing)
}

/** @throws ClerkSyncError `config_invalid` for an entity without a table, `payload_invalid` for what is no id. */
export function checkOne(owner: string, access: StoreAccess, entity: string, id: unknown): asserts id is string {
  entitiesOf(owner, access, [entity])
  if (isClerkId(id)) return
  throw new ClerkSyncError('payload_invalid', `${owner}: id must be the Clerk id of a ${entity}.`)
}

/**
 * One entity, as Clerk has it now; undefined where it does not have it.
 *
 * @param found - what is there of it, whose owners its request may need
 */
export async function readOne(
  api: ClerkApi,
  { mappings }: StoreAccess,
  { entity, id, found }: { readonly entity: ListedEntity; readonly id: string; readonly found: Found | undefined },
): Promise<ReadOne | undefined> {
  return readOwned(api, entity, id, ownersOf(entity, mappings.of(entity))(found?.row ?? {}))
}

/** @param owners - undefined where they are not known */
export async function readOwned(
  api: ClerkApi,
  entity: ListedEntity,
  id: string,
  owners: Owners | undefined,
): Promise<ReadOne | undefined> {
  const proof = proofOf(entity)
  if (!owners || !proof || proof.absent === 'unlisted') return inList(api, entity, id)
  const found = await new Absence(api).of(entity, id, owners)
  return found?.is === 'there' ? found : undefined
}

/** Where nothing here says whose it is: the whole list is read, until it is found. */
async function inList(api: ClerkApi, entity: ListedEntity, id: string): Promise<ReadOne | undefined> {
  for await (const { items, time } of walkOf(api, entity).pages()) {
    const snapshot = items.find((item) => item.id === id)
    if (snapshot) return { snapshot, time }
  }
  return undefined
}

/** Writes what was read, under the guard, or in place of exactly one version. */
export async function writeRead(
  { adapter, mappings, linker }: StoreAccess,
  entity: ListedEntity,
  { snapshot, time }: ReadOne,
  expected?: string,
): Promise<WriteOutcome> {
  const change: Upsert = {
    ...buildReadChange(entity, snapshot, time, mappings.of(entity)),
    ...(expected !== undefined && { expected }),
  }
  const links = entity === 'user' && expected === undefined ? await linker() : undefined
  const write = (one: Upsert): Promise<WriteOutcome> => adapter.upsert(one)
  try {
    return await (links ? links.write(snapshot, change, write) : write(change))
  } catch (error) {
    const what = `${snapshot.id}, as read from Clerk, was not stored`
    const named = storeFailure(adapter, error, what, 'Trying again may help.', change)
    throw await explained(adapter, named, entity)
  }
}

export async function findOne({ adapter }: StoreAccess, entity: ListedEntity, id: string): Promise<Found | undefined> {
  try {
    return await adapter.find(entity, id)
  } catch (error) {
    throw storeFailure(adapter, error, `The row of ${id} was not read`, 'Trying again may help.')
  }
}
