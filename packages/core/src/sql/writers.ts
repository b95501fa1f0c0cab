import { ClerkSyncError } from '../errors.ts'
import type { Fault } from '../port/database-fault.ts'
import { withRetries } from '../port/retries.ts'
import type { Entity } from '../port/sync-adapter.ts'
import { BesideWriter } from './beside/beside-writer.ts'
import type { Dialect } from './dialects/dialect.ts'
import { InRowWriter } from './in-row-writer.ts'
import type { Runner } from './runner.ts'
import { type BesideTable, isBeside, type SyncedTable, type VersionsTable } from './table.ts'
import type { TableWriter, WriterAccess } from './table-writer.ts'

interface WriterParts {
  readonly name: string
  readonly dialect: Dialect
  readonly tables: readonly (SyncedTable | BesideTable)[]
  readonly versions: VersionsTable | undefined
  readonly faultOf: (error: unknown) => Fault | undefined
}

/**
 * What writes each of the tables, by where its versions are.
 *
 * @throws ClerkSyncError `config_invalid` for a table without sync columns where there is no table of versions.
 */
export function writersOf<Tx, HookResult>(
  { name, dialect, tables, versions, faultOf }: WriterParts,
  runner: Runner<Tx, HookResult>,
  run: WriterAccess['run'],
): ReadonlyMap<Entity, TableWriter> {
  const runInTransaction = runner.runInTransaction?.bind(runner)
  const access: WriterAccess = {
    run,
    runInTransaction:
      runInTransaction &&
      ((program, signal) => withRetries(() => runInTransaction(program(), signal), faultOf, signal)),
  }
  const writerOf = (table: SyncedTable | BesideTable): TableWriter => {
    if (!isBeside(table)) return new InRowWriter(table, name, dialect, access, faultOf)
    if (versions) return new BesideWriter(table, versions, dialect, access, faultOf)
    throw new ClerkSyncError(
      'config_invalid',
      `${name}: ${table.name} has no sync columns, and no table of versions was given: nothing would tell an old event ` +
        `from a new one. Add the sync columns to ${table.name}, or give the adapter a table \`versions\`.`,
    )
  }
  return new Map(tables.map((table) => [table.entity, writerOf(table)]))
}
