import type { Change } from '../../port/sync-adapter.ts'
import type { TableWriter } from '../table-writer.ts'
import type { Due, OwnerParts } from './due.ts'

/**
 * Makes an attempt at a change. Where a foreign key refuses it, since it refers to a row that was removed, makes one at
 * what is left of the change: such a row is not "not yet" there.
 */
export async function mindingOwners<T>(
  change: Change,
  writer: TableWriter,
  parts: OwnerParts,
  attempt: (due: Due) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await attempt({ change, writer })
  } catch (error) {
    if (!parts.versions || parts.faultOf(error) !== 'reference_missing') throw error
    const { restOf } = await import('./rest-of-change.ts')
    const rest = await restOf(change, writer, { ...parts, versions: parts.versions, refusal: error, signal })
    if (!rest) throw error
    return attempt(rest)
  }
}
