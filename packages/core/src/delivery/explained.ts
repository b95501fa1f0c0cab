import { ClerkSyncError } from '../errors.ts'
import type { CallOptions, Entity, SyncAdapter } from '../port/sync-adapter.ts'

/** What was thrown; a conflict with what a look at the table says more of it, loaded when there is one. */
export async function explained(
  adapter: SyncAdapter,
  thrown: unknown,
  entity: Entity | undefined,
  options?: CallOptions,
): Promise<unknown> {
  if (!ClerkSyncError.is(thrown) || thrown.code !== 'unique_conflict') return thrown
  try {
    const { explainedConflict } = await import('./explain-conflict.ts')
    return await explainedConflict(adapter, thrown, entity, options)
  } catch {
    // A deploy may have taken the file away: the error then stands as it is.
    return thrown
  }
}
