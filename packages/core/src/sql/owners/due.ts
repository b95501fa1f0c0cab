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
