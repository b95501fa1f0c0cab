import type { Fault } from '../../port/database-fault.ts'
import type { Change } from '../../port/sync-adapter.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { BesideTable, SyncedTable, VersionsTable } from '../table.ts'
import type { TableWriter } from '../table-writer.ts'

/** A change, and what writes it. */
export interface Due {
  readonly change: Change
  readonly writer: Pick<TableWriter, 'write' | 'writing' | 'inTransaction'>
}

/** What is known of the tables that others may refer to. */
export interface OwnerParts {
  readonly dialect: Dialect
  readonly tables: readonly (SyncedTable | BesideTable)[]
  readonly versions?: VersionsTable | undefined
  readonly faultOf: (error: unknown) => Fault | undefined
}

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
