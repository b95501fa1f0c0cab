import type { Change } from '../../port/sync-adapter.ts'
import type { Replacing } from '../compare-and-set.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { lostWrite } from '../lost-write.ts'
import { type Program, send } from '../program.ts'
import type { TableStatements } from '../table-statements.ts'
import { held, seen, type Written } from '../written.ts'
import type { Condition, OwnerBatches, PartsAroundRow } from './owner-batches.ts'

/** How a change with parts is written to a row that has its version. */
export interface RowInBatch {
  /** The guarded write, with the parts in its batch. */
  writing(write: Program<Written>): Program<Written>
  /** A compare-and-set, with the parts in its batch. */
  readonly replacing: Replacing
}

export function rowInBatch(
  parts: OwnerBatches,
  own: PartsAroundRow,
  statements: TableStatements,
  change: Change,
  dialect: Dialect,
): RowInBatch {
  const { table } = statements

  const isOfVersion = (comparison: string, version: string): Condition => {
    return ({ parameter }) => {
      const key = table.column(table.key)
      const isOwn = `${key} = ${parameter(table.encode(table.key, change.key))} and ${dialect.texts.same(key, parameter(change.key))}`
      const isOf = `${table.column(table.clerkVersion)} ${comparison} ${parameter(table.encode(table.clerkVersion, version))}`
      return `exists (select 1 from ${table.quoted} where ${isOwn} and ${isOf})`
    }
  }

  const isNot = (version: string): Condition => {
    const is = isOfVersion('=', version)
    return (draft) => `not ${is(draft)}`
  }
  const inBatch = <T>(write: Program<T>, held: Condition, version: string) =>
    parts.around(write, { held, lost: isNot(version) }, own)

  return {
    *writing(write) {
      try {
        return yield* inBatch(write, isOfVersion('>=', change.version), change.version)
      } catch (error) {
        if (!parts.isOwner(error, change)) throw error
        const found = seen(yield* send(statements.look(change)), change)
        const written = held(change, found)
        if (!written) throw lostWrite(statements, change, found, error)
        return written
      }
    },
    *replacing(statement, { expected, version }) {
      try {
        yield* inBatch(send(statement), isNot(expected), version)
      } catch (error) {
        // What there is in place of the version is looked at next.
        if (!parts.isOwner(error, change)) throw error
      }
    },
  }
}
