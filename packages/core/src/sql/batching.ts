import type { Batching } from '../port/batching.ts'
import type { Change, UpsertOutcome } from '../port/sync-adapter.ts'
import { committed } from './autocommit.ts'
import type { UnlockedDialect } from './dialects/dialect.ts'
import { type Runner, signalOf } from './runner.ts'
import { type BesideTable, isInRow, type SyncedTable } from './table.ts'
import type { TableWriter } from './table-writer.ts'

interface BatchingParts {
  readonly tables: readonly (SyncedTable | BesideTable)[]
  readonly unlocked: UnlockedDialect
  readonly writerOf: (of: Pick<Change, 'entity'>) => Promise<TableWriter>
  readonly runner: Pick<Runner<never, unknown>, 'run'>
}

/** Writes rows that nobody has locked, many in a statement. */
export function batchingOf({ tables, unlocked, writerOf, runner }: BatchingParts): Batching {
  return {
    entities: tables.filter((table) => isInRow(table) || unlocked.beside).map(({ entity }) => entity),
    async write([first, ...others], options) {
      if (!first) return new Map()
      const writer = await writerOf(first)
      const shape = writer.shapeOf(first)
      // Values that the application's schema computes may differ in their SQL.
      const alike = others.filter((change) => writer.shapeOf(change) === shape)
      const program = await writer.writingUnlocked?.([first, ...alike])
      // Not again where it was refused for a passing reason: alone, each row waits for its own.
      const known = program && (await runner.run(committed(program), signalOf(options)))
      return known as ReadonlyMap<string, UpsertOutcome> | undefined
    },
  }
}
