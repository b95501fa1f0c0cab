import { checkOptions } from '../port/check-options.ts'
import type { Rows } from '../port/sync-adapter.ts'
import { storeAccessOf } from '../store-access.ts'
import type { ClerkSync } from '../types.ts'
import { API_ALIASES, API_OPTIONS } from './api-options.ts'
import { instanceOf } from './instance.ts'
import { apiForOne, checkOne, findOne, readOne, writeRead } from './one.ts'
import type { OneOptions, RefreshOutcome, RestoreOutcome } from './types.ts'

const OPTIONS = [...API_OPTIONS, 'entity', 'id'] as const satisfies readonly (keyof OneOptions)[]

/**
 * Reads one entity from Clerk, now, and writes it under the guard of deliveries. It deletes nothing: one answer proves no
 * absence, {@link reconcile} does.
 *
 * @example
 * ```ts
 * import { createClerkSync } from '@clerk-sync/core'
 * import { refresh } from '@clerk-sync/core/clerk-api'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
 *
 * export const seenAgain = (id: string) => refresh(clerkSync, { entity: 'user', id })
 * ```
 * @throws ClerkSyncError `config_invalid`, `payload_invalid` for what is no id, `clerk_unavailable`, `instance_mismatch` for a
 * key of another instance than `clerkClient`'s or `instanceId`, and the errors of a delivery's write.
 */
export async function refresh<Stored extends Rows>(
  clerkSync: ClerkSync<Stored>,
  options: OneOptions,
): Promise<RefreshOutcome> {
  const access = storeAccessOf('refresh(clerkSync)', clerkSync)
  return access.runUntilClosed('refresh', async (closing) => {
    checkOptions('refresh', options, OPTIONS, API_ALIASES)
    const { entity, id } = options
    checkOne('refresh', access, entity, id)
    const api = apiForOne('refresh', options, closing)
    // Not without something to compare with: it is one request more.
    if (options.clerkClient || access.instanceId !== undefined) await instanceOf(api, access, options)
    const read = await readOne(api, access, { entity, id, found: await findOne(access, entity, id) })
    return read ? writeRead(access, entity, read) : 'absent'
  })
}

/**
 * Undoes a tombstone that an operator knows to be wrong, if Clerk has the entity: the row lives again, with what Clerk has.
 * What went with it does not come back: rows that a foreign key deleted or emptied, and what a hook did. An event of that
 * delete that is still on its way deletes it again.
 *
 * @example
 * ```ts
 * import { createClerkSync } from '@clerk-sync/core'
 * import { restore } from '@clerk-sync/core/clerk-api'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
 *
 * export const bringBack = (id: string) => restore(clerkSync, { entity: 'user', id })
 * ```
 * @throws ClerkSyncError as {@link refresh}.
 */
export async function restore<Stored extends Rows>(
  clerkSync: ClerkSync<Stored>,
  options: OneOptions,
): Promise<RestoreOutcome> {
  const access = storeAccessOf('restore(clerkSync)', clerkSync)
  return access.runUntilClosed('restore', async (closing) => {
    checkOptions('restore', options, OPTIONS, API_ALIASES)
    const { entity, id } = options
    checkOne('restore', access, entity, id)
    const api = apiForOne('restore', options, closing)
    await instanceOf(api, access, options)
    const found = await findOne(access, entity, id)
    if (!found?.deleted) return 'not_deleted'
    const read = await readOne(api, access, { entity, id, found })
    if (!read) return 'absent'
    const outcome = await writeRead(access, entity, read, found.version)
    // Something else has written the row since: it lives already, or was deleted anew.
    return outcome === 'created' || outcome === 'updated' ? 'restored' : 'not_deleted'
  })
}
