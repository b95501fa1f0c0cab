import { chainOf } from '../../errors.ts'
import type { Fault } from '../../port/database-fault.ts'
import { prop } from '../../port/prop.ts'
import { refusalOf } from '../../port/refusal.ts'
import type { Change } from '../../port/sync-adapter.ts'
import type { BesideStatements } from '../beside/beside.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { type Program, type Statement, sendAlong } from '../program.ts'
import type { PartTable, SqlTable } from '../table.ts'
import type { TableStatements } from '../table-statements.ts'
import type { BatchDialect, Keys } from './batch-dialect.ts'
import { type BesideInBatch, besideInBatch } from './beside-in-batch.ts'
import type { Condition, OwnerBatches, OwnerChecks, PartsAfterRow, PartsAroundRow } from './owner-batches.ts'
import type { PartDialect } from './part-dialect.ts'
import { lostParts, takenPart } from './part-errors.ts'
import { PartStatements, rowsIn } from './part-statements.ts'
import { type RowInBatch, rowInBatch } from './row-in-batch.ts'

interface PartsInBatchParts {
  readonly dialect: Dialect
  readonly parts: PartDialect
  readonly faultOf: (error: unknown) => Fault | undefined
}

/** @throws where the database has no driver without transactions. */
export async function loadPartsInBatch(tables: readonly PartTable[], by: PartsInBatchParts): Promise<PartsInBatch> {
  const batch = await by.parts.batch?.()
  if (batch) return new PartsInBatch(tables, { ...by, batch })
  throw new Error('This dialect writes parts in transactions alone.')
}

/**
 * All that a database quotes of a failed check, and where its message ends, but for a code of D1's; the quotes are those of
 * its language. What stands elsewhere may be a value of the application's.
 */
const MARKED = /^[^'"«»„“”]*['"«»„“”]\s?clerk_sync_([a-zA-Z0-9]+)\s?['"«»„“”](?:: \w+)?$/

/**
 * Writes parts where there is no transaction, and batches alone are atomic: all of a user is one batch. Its statements have
 * no guards. The batch fails where the owner does not take the change, and where something is not as it was written.
 */
export class PartsInBatch implements OwnerBatches {
  readonly #tables: readonly PartStatements[]

  constructor(
    tables: readonly PartTable[],
    private readonly by: PartsInBatchParts & { readonly batch: BatchDialect },
  ) {
    this.#tables = tables.map((table) => new PartStatements(table, by.dialect, by.parts))
  }

  /** Undefined where the change leaves the parts as they are. */
  #of(change: Change): PartsAroundRow | undefined {
    const { batch } = this.by
    const deletes: Statement[] = []
    const upserts: Statement[] = []
    const proofs: Statement[] = []
    for (const statements of this.#tables) {
      const { table } = statements
      const rows = rowsIn(change, table)
      if (!rows) continue
      const ids = rows.map(({ id }) => id)
      deletes.push(statements.deleteOthers(change.key, ids, batch))
      for (const [upsert, count] of statements.upsert(change.key, rows))
        upserts.push(...batch.counted(upsert, table.part, count))
      proofs.push(statements.proof(change.key, ids, batch))
    }
    if (proofs.length === 0) return undefined
    // What refers to a row that is removed goes first.
    const isRemoval = change.kind === 'delete' && change.mode === 'remove'
    return { before: isRemoval ? deletes : [], after: isRemoval ? [] : [...deletes, ...upserts], proofs }
  }

  /** The same for a row that has its version. */
  inRow(statements: TableStatements, change: Change): RowInBatch | undefined {
    const own = this.#of(change)
    return own && rowInBatch(this, own, statements, change, this.by.dialect)
  }

  /** And for one whose version is beside it. */
  beside(statements: BesideStatements, change: Change): BesideInBatch | undefined {
    const own = this.#of(change)
    return own && { around: own, writing: besideInBatch(this, own, statements, change) }
  }

  *around<T>(program: Program<T>, { held, lost }: OwnerChecks, { after, proofs }: PartsAfterRow): Program<T> {
    const { deferred } = this.by.dialect
    const run = deferred ? [{ sql: deferred.run, params: [], returnsRows: false }] : []
    const rest = [...after, ...run, this.#failing('lost', lost), ...proofs]
    const [, value] = yield* sendAlong(this.#failing('held', held), program, rest)
    return value
  }

  /**
   * Removes the rows of owners that a select gives as `clerk_key`, and their parts before them.
   *
   * @param change - what they are removed for: a row that stays keeps its parts, and a look says why it is there
   */
  *remove(table: SqlTable, key: string, select: Keys, change?: Change): Program<void> {
    const { batch } = this.by
    const [hold, keys] = batch.holding(select)
    const rows = `from ${table.quoted} where ${batch.among(table.column(key), keys.sql)}`
    const isThere = `select ${batch.failing('lost', 'count(*) > 0')} as clerk_proof ${rows}`
    try {
      yield [
        ...hold,
        ...this.#tables.map((parts) => parts.deleteOf(keys, batch)),
        { sql: `delete ${rows}`, params: keys.params, returnsRows: false },
        ...(change ? [{ sql: isThere, params: keys.params, returnsRows: true }] : []),
      ]
    } catch (error) {
      if (!change || !this.isOwner(error, change)) throw error
    }
  }

  isOwner(error: unknown, { key }: Change): boolean {
    // The message of an ORM, around that of the database, has the statement in it, and its values.
    const messages = [...chainOf(error)].map((link) => prop(link, 'message')).filter((one) => typeof one === 'string')
    const mark = MARKED.exec(messages.at(-1) ?? '')?.[1]
    if (mark === 'held' || mark === 'lost') return true
    const tables = this.#tables.map(({ table }) => table)
    const lost = tables.find(({ part }) => part === mark)
    if (lost) throw lostParts(lost, key, error)
    const fault = this.by.faultOf(error)
    const taken = fault === 'unique_conflict' ? tables.find((table) => isNamedIn(error, table)) : undefined
    throw taken ? takenPart(taken, key, error, fault as Fault) : error
  }

  #failing(mark: string, condition: Condition): Statement {
    const params: unknown[] = []
    const parameter = (...values: readonly unknown[]) => {
      params.push(...values)
      return this.by.dialect.parameter(params.length)
    }
    const sql = `select ${this.by.batch.failing(mark, condition({ parameter, params }))} as clerk_proof`
    return { sql, params, returnsRows: true }
  }
}

/** PostgreSQL has the table in a field, and SQLite before the column. */
function isNamedIn(error: unknown, { name }: PartTable): boolean {
  if ([...chainOf(error)].some((link) => prop(link, 'table') === name)) return true
  return refusalOf(error)?.name.startsWith(`${name}.`) === true
}
