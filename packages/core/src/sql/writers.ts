import { OWNER_OF } from '../entities/parts/part-names.ts'
import { ClerkSyncError } from '../errors.ts'
import type { Fault } from '../port/database-fault.ts'
import { withRetries } from '../port/retries.ts'
import type { Entity } from '../port/sync-adapter.ts'
import type { Dialect } from './dialects/dialect.ts'
import { InRowWriter } from './in-row-writer.ts'
import type { Runner } from './runner.ts'
import { type BesideTable, isBeside, type PartTable, type SyncedTable, type VersionsTable } from './table.ts'
import type { TableWriter, WriterAccess, WriterParts } from './table-writer.ts'

interface WritersParts {
  readonly name: string
  readonly dialect: Dialect
  readonly tables: readonly (SyncedTable | BesideTable)[]
  readonly versions: VersionsTable | undefined
  readonly partTables: readonly PartTable[]
  readonly faultOf: (error: unknown) => Fault | undefined
}

/** What writes each of the tables. */
export type Writers = ReadonlyMap<Entity, TableWriter>

/**
 * Gives what writes each of the tables, by where its versions are: loaded when it is first needed.
 *
 * @throws ClerkSyncError `config_invalid` for a table without sync columns where there is no table of versions.
 */
export function writersOf<Tx, HookResult>(
  { name, dialect, tables, versions, partTables, faultOf }: WritersParts,
  runner: Runner<Tx, HookResult>,
  run: WriterAccess['run'],
): () => Promise<Writers> {
  const unversioned = tables.find((table) => isBeside(table) && !versions)
  if (unversioned) {
    throw new ClerkSyncError(
      'config_invalid',
      `${name}: ${unversioned.name} has no sync columns, and no table of versions was given: nothing would tell an old ` +
        `event from a new one. Add the sync columns to ${unversioned.name}, or give the adapter a table \`versions\`.`,
    )
  }
  const runInTransaction = runner.runInTransaction?.bind(runner)
  const access: WriterAccess = {
    run,
    runInTransaction:
      runInTransaction && ((program, signal) => withRetries(() => runInTransaction(program, signal), faultOf, signal)),
  }
  const loadParts = async (own: readonly PartTable[]): Promise<WriterParts> => {
    const parts = await dialect.parts()
    if (runInTransaction) {
      const { PartsWriter } = await import('./parts/parts-writer.ts')
      return { parts: new PartsWriter(own, { dialect, parts, faultOf }) }
    }
    const { loadPartsInBatch } = await import('./parts/parts-in-batch.ts')
    return { partsInBatch: await loadPartsInBatch(own, { dialect, parts, faultOf }) }
  }
  const writerOf = async (table: SyncedTable | BesideTable): Promise<TableWriter> => {
    const own = partTables.filter(({ part }) => OWNER_OF[part] === table.entity)
    const parts = own.length > 0 ? await loadParts(own) : {}
    if (!isBeside(table)) return new InRowWriter(table, name, dialect, access, faultOf, parts)
    const [{ BesideWriter }, beside] = await Promise.all([import('./beside/beside-writer.ts'), dialect.beside()])
    return new BesideWriter(table, versions as VersionsTable, { dialect, beside }, access, faultOf, parts)
  }
  let loaded: Promise<Writers> | undefined
  return () => {
    loaded ??= Promise.all(
      tables.map(async (table): Promise<[Entity, TableWriter]> => [table.entity, await writerOf(table)]),
    ).then((writers) => new Map(writers))
    // A file that could not be read now may be there the next time.
    loaded.catch(() => {
      loaded = undefined
    })
    return loaded
  }
}

/** @throws ClerkSyncError `config_invalid` for an entity without a table. */
export function writerIn(adapter: string, writers: Writers, { entity }: { readonly entity: Entity }): TableWriter {
  const found = writers.get(entity)
  if (found) return found
  throw new ClerkSyncError('config_invalid', `${adapter} was given no table for ${entity}.`)
}
