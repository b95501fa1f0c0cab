import type { Entity } from '../port/sync-adapter.ts'
import type { TombstoneStore } from '../port/tombstone-store.ts'
import { NO_VERSION } from '../port/version.ts'
import { BesideTableStatements } from './beside/beside-statements.ts'
import { chunks, mostKeys } from './chunks.ts'
import type { Dialect } from './dialects/dialect.ts'
import { type Program, type RunResult, type Statement, send } from './program.ts'
import { signalOf } from './runner.ts'
import { type BesideTable, isBeside, type SqlTable, type SyncedTable, type VersionsTable } from './table.ts'
import { TableStatements } from './table-statements.ts'
import type { TableWriter } from './table-writer.ts'

export interface TombstoneParts {
  readonly dialect: Dialect
  readonly tables: readonly (SyncedTable | BesideTable)[]
  readonly versions: VersionsTable | undefined
  /** How the table of an entity is reached. */
  readonly writerOf: (of: {
    readonly entity: Entity
  }) => Promise<Pick<TableWriter, 'access' | 'parts' | 'partsInBatch'>>
}

/** Where the tombstones of a table are, in its own rows or beside it. */
interface Place {
  readonly table: SqlTable
  /** The property of the Clerk id. */
  readonly id: string
  /** What tells those that are old: comparisons of properties with values. */
  readonly isOld: (before: Date) => readonly (readonly [property: string, operator: string, value: unknown])[]
  /** What is there of these keys. */
  readonly look: (keys: readonly string[]) => Statement
  /** Which of these keys have a row; left out where a tombstone is a row itself. */
  readonly rowsOf?: (keys: readonly string[]) => Statement
}

/** Old tombstones in an SQL database. */
export function tombstonesOf({ dialect, tables, versions, writerOf }: TombstoneParts): TombstoneStore {
  const places = new Map(tables.map((table) => [table.entity, placeOf(table, versions, dialect)]))
  const reach = async (entity: Entity) => ({ ...(await writerOf({ entity })), place: places.get(entity) as Place })

  return {
    async find({ entity, before, after = '', limit }, { signal } = {}) {
      const { place, access } = await reach(entity)
      const most = Math.min(limit, mostKeys(dialect))
      for (let last = after; ; ) {
        const { keys, old } = await access.run(() => findPage(place, dialect, before, last, most), signalOf())
        // A page of versions whose rows are all there is not the last one.
        if (old.length > 0 || keys.length === 0 || signal?.aborted) return old
        last = keys.at(-1) as string
        // A driver that answers at once would let neither deliveries nor the signal have their time.
        await new Promise((resolve) => setTimeout(resolve))
      }
    },

    async remove({ entity, before, keys }, options) {
      const { place, access, ...given } = await reach(entity)
      const { run, runInTransaction = run } = access
      // Where a tombstone is beside its table, a row that is gone has left no parts.
      const { parts, partsInBatch } = place.rowsOf ? {} : given
      const runSome = parts || dialect.skipLocked === 'before' ? runInTransaction : run
      let removed = 0
      for (const some of chunks(keys, dialect)) {
        removed += await runSome(() => removeSome(place, dialect, before, some, parts, partsInBatch), signalOf(options))
      }
      return removed
    },
  }
}

function placeOf(table: SyncedTable | BesideTable, versions: VersionsTable | undefined, dialect: Dialect): Place {
  if (!isBeside(table)) {
    const statements = new TableStatements(table, dialect)
    return {
      table,
      id: table.key,
      isOld: (before) => [
        [table.deletedAt, '<', before],
        [table.clerkVersion, '<>', NO_VERSION],
      ],
      look: (keys) => statements.versions(keys),
    }
  }
  const beside = new BesideTableStatements(table, versions as VersionsTable, dialect)
  return {
    table: beside.versions,
    id: 'id',
    isOld: (before) => [
      ['tableName', '=', table.tableName ?? table.name],
      ['deletedAt', '<', before],
    ],
    look: (keys) => beside.versionsOf(keys),
    rowsOf: (keys) => beside.rowsOf(keys),
  }
}

/** What may be old, and what of it is: a statement has its time for one page. */
function* findPage(
  place: Place,
  dialect: Dialect,
  before: Date,
  after: string,
  limit: number,
): Program<{ readonly keys: readonly string[]; readonly old: readonly string[] }> {
  const { table, id } = place
  const { where, params } = conditions(place, dialect, [...place.isOld(before), [id, '>', after]])
  const sql = `${selectKey(place)} where ${where} order by ${table.column(id)} limit ${limit}`
  const keys = keysOf(yield* send({ sql, params, returnsRows: true }))
  return { keys, old: yield* withoutRows(place, keys) }
}

function* removeSome(
  place: Place,
  dialect: Dialect,
  before: Date,
  keys: readonly string[],
  parts: TableWriter['parts'],
  partsInBatch: TableWriter['partsInBatch'],
): Program<number> {
  if (partsInBatch) {
    yield* partsInBatch.remove(place.table, place.id, lock(place, dialect, before, keys))
    return yield* countRemoved(place, keys)
  }
  const locks = parts || dialect.skipLocked === 'before'
  const free = locks ? keysOf(yield* send(lock(place, dialect, before, keys))) : keys
  const due = yield* withoutRows(place, free)
  // A tombstone that keeps its values has kept its parts as well.
  if (parts && due.length > 0) yield* parts.remove(due)
  if (due.length > 0) yield* send(remove(place, dialect, before, due))
  return yield* countRemoved(place, keys)
}

function* countRemoved(place: Place, keys: readonly string[]): Program<number> {
  // No count says it: a trigger may have kept a row.
  const left = new Set(keysOf(yield* send(place.look(keys))))
  return keys.filter((key) => !left.has(key)).length
}

function* withoutRows({ rowsOf }: Place, keys: readonly string[]): Program<readonly string[]> {
  if (!rowsOf || keys.length === 0) return keys
  const there = new Set(keysOf(yield* send(rowsOf(keys))))
  return keys.filter((key) => !there.has(key))
}

/** Those that nobody else has locked, which are locked from here on. */
function lock(place: Place, dialect: Dialect, before: Date, keys: readonly string[]): Statement {
  const { where, params } = conditions(place, dialect, place.isOld(before), keys)
  const skip = dialect.skipLocked === 'never' ? '' : ' for update skip locked'
  return { sql: `${selectKey(place)} where ${where}${skip}`, params, returnsRows: true }
}

function remove(place: Place, dialect: Dialect, before: Date, keys: readonly string[]): Statement {
  const { table, id } = place
  const { where, params } = conditions(place, dialect, place.isOld(before), keys)
  if (dialect.skipLocked !== 'within') {
    return { sql: `delete from ${table.quoted} where ${where}`, params, returnsRows: false }
  }
  const free = `with free as (${selectKey(place)} where ${where} for update skip locked)`
  const isFree = `${table.column(id)} in (select clerk_key from free) and ${where}`
  return { sql: `${free} delete from ${table.quoted} where ${isFree}`, params, returnsRows: false }
}

function selectKey({ table, id }: Place): string {
  return `select ${table.column(id)} as clerk_key from ${table.quoted}`
}

function conditions(
  { table, id }: Place,
  dialect: Dialect,
  compared: readonly (readonly [property: string, operator: string, value: unknown])[],
  keys?: readonly string[],
) {
  const params: unknown[] = []
  const parameter = (property: string, value: unknown) => {
    params.push(table.encode(property, value))
    return dialect.parameter(params.length)
  }
  const all = compared.map(([property, operator, value]) => {
    return `${table.column(property)} ${operator} ${parameter(property, value)}`
  })
  if (keys) all.push(`${table.column(id)} in (${keys.map((key) => parameter(id, key)).join(', ')})`)
  return { where: all.join(' and '), params }
}

/** A column of fixed width pads. */
function keysOf({ rows }: RunResult): string[] {
  return rows.map(({ clerk_key }) => String(clerk_key).trimEnd())
}
