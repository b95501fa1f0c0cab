import type { ClerkSyncError } from '../../errors.ts'
import type { Fault } from '../../port/database-fault.ts'
import type { Change, PartRow } from '../../port/sync-adapter.ts'
import type { DeferredTriggers } from '../deferred-triggers.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { type Program, type RunResult, type Statement, send } from '../program.ts'
import type { PartTable } from '../table.ts'
import { ownedIn } from './owned-in.ts'
import type { PartDialect } from './part-dialect.ts'
import { lostParts, takenPart } from './part-errors.ts'
import { PartStatements, rowsIn } from './part-statements.ts'

interface PartsWriterParts {
  readonly dialect: Dialect
  readonly parts: PartDialect
  readonly faultOf: (error: unknown) => Fault | undefined
}

/**
 * Writes the parts of an owner whose row is written, in its transaction: the lock on the row, or on its version, holds
 * everybody else off. What is there is looked at first. A delete that finds nothing would lock the gap on MySQL, where two
 * new users then wait for each other.
 */
export class PartsWriter {
  readonly #tables: readonly PartStatements[]
  readonly #faultOf: PartsWriterParts['faultOf']

  constructor(tables: readonly PartTable[], { dialect, parts, faultOf }: PartsWriterParts) {
    this.#tables = tables.map((table) => new PartStatements(table, dialect, parts))
    this.#faultOf = faultOf
  }

  /** After the owner's values were written: by a snapshot, or by a delete that leaves none. */
  *write(change: Change, deferred: DeferredTriggers): Program<void> {
    const lists = this.#listsOf(change)
    const due = new Set<PartStatements>()
    for (const [table, rows] of lists) {
      const there = yield* idsOf(table, change.key)
      const kept = new Set(rows.map(({ id }) => id))
      const gone = [...there].filter((id) => !kept.has(id))
      if (gone.length > 0 || rows.length > 0) due.add(table)
      yield* deleteParts(table, change.key, gone, deferred)
    }
    for (const [table, rows] of lists) {
      for (const [statement, count] of table.upsert(change.key, rows)) {
        const result = yield* this.#upsert(table, change, statement)
        for (const row of result.rows) deferred.areIn(row)
        if (statement.returnsRows && result.rows.length !== count) throw lostParts(table.table, change.key)
      }
    }
    const lost = yield* this.#lost(change, [...due])
    if (lost) throw lost
  }

  /** Before rows are removed, or pruned: what refers to them goes first. */
  *remove(owners: readonly string[], deferred?: DeferredTriggers): Program<void> {
    for (const table of this.#tables) {
      const there = yield* ownersIn(table, owners)
      for (const [owner, ids] of there) yield* deleteParts(table, owner, ids, deferred)
      const [left] = there.size > 0 ? yield* ownersIn(table, [...there.keys()]) : []
      if (left) throw lostParts(table.table, left[0])
    }
  }

  /** Looks whether the parts are those of a change that was written. */
  *lost(change: Change): Program<ClerkSyncError | undefined> {
    return yield* this.#lost(change, this.#tables)
  }

  *#lost(change: Change, tables: readonly PartStatements[]): Program<ClerkSyncError | undefined> {
    for (const [table, rows] of this.#listsOf(change)) {
      if (!tables.includes(table)) continue
      const there = yield* idsOf(table, change.key)
      if (there.size !== rows.length || rows.some(({ id }) => !there.has(id))) return lostParts(table.table, change.key)
    }
    return undefined
  }

  *#upsert({ table }: PartStatements, { key }: Change, statement: Statement): Program<RunResult> {
    try {
      return yield* send(statement)
    } catch (cause) {
      const fault = this.#faultOf(cause)
      // Out of range: of our own sum, or of a trigger's.
      if (fault !== 'unique_conflict' && fault !== 'out_of_range') throw cause
      throw takenPart(table, key, cause, fault)
    }
  }

  #listsOf(change: Change): readonly (readonly [PartStatements, readonly PartRow[]])[] {
    return this.#tables.flatMap((table): (readonly [PartStatements, readonly PartRow[]])[] => {
      const rows = rowsIn(change, table.table)
      return rows ? [[table, rows]] : []
    })
  }
}

function* idsOf(table: PartStatements, owner: string): Program<ReadonlySet<string>> {
  return new Set((yield* ownersIn(table, [owner])).get(owner))
}

/** Those of the owners that have parts, and their ids. */
function* ownersIn(table: PartStatements, owners: readonly string[]): Program<ReadonlyMap<string, readonly string[]>> {
  const { rows } = yield* send(table.look(owners))
  const all = Array.from(ownedIn(rows, owners), ([owner, owned]) => [owner, [...owned.keys()]] as const)
  return new Map(all.filter(([, ids]) => ids.length > 0))
}

function* deleteParts(
  table: PartStatements,
  owner: string,
  ids: readonly string[],
  deferred: DeferredTriggers | undefined,
): Program<void> {
  for (const statement of table.delete(owner, ids)) {
    for (const row of (yield* send(statement)).rows) deferred?.areIn(row)
  }
}
