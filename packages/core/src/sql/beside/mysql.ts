import type { Change } from '../../port/sync-adapter.ts'
import { type Program, type Statement, send } from '../program.ts'
import {
  type BesideDialect,
  type BesideStatements,
  type Draft,
  keyOf,
  lookedAt,
  type RowChange,
  staysDeleted,
} from './beside.ts'
import { lostBeside, mustShow } from './outcomes.ts'

/**
 * MySQL and MariaDB, in a transaction: the version is raised, the row is looked for, and then inserted or updated. An
 * `update` that is tried first, and an insert where it found none, would deadlock on the gaps between keys; an `on
 * duplicate key update` could find the row of another user by any unique index. Where there was no version, the insert is
 * tried without a look: there is a row only where the application had one before.
 *
 * A version that is as new makes the raise fail: it adds to the largest number there is. So it says what it did whatever
 * the driver counts.
 */
export const mysqlBeside: BesideDialect = {
  *raise(statements, change, { faultOf }) {
    try {
      const { affected } = yield* send(raise(statements, [change]))
      return affected === 1 ? 'first' : 'raised'
    } catch (error) {
      if (faultOf(error) !== 'out_of_range') throw error
      return 'held'
    }
  },

  *writeRow(statements, change, raised, { faultOf }) {
    // At the level SERIALIZABLE, a look for a row that is not there would lock the gap for all who insert: it is left out.
    const isThere = raised !== 'first' && (yield* lookedAt(statements, change.key)).isThere
    const inserted = !isThere && (yield* insert(statements, change, faultOf))
    if (!inserted) yield* send(update(statements, change))
    yield* mustShow(statements, change)
    return inserted
  },

  *removeRow(statements, change) {
    yield* send(remove(statements, change))
    yield* mustShow(statements, change)
  },

  alone: () => undefined,

  *many(statements, changes) {
    const keys = changes.map(({ key }) => key)
    yield* send(raise(statements, changes))
    yield* send(writeMany(statements, changes))
    const { rows } = yield* send(statements.rowsOf(keys))
    const there = new Set(rows.map(keyOf))
    const lost = changes.find(({ key }) => !there.has(key))
    if (lost) throw lostBeside(statements, lost, {})
  },
}

/** Fails where one of the versions is as new. */
function raise(statements: BesideStatements, changes: readonly Change[]): Statement {
  const [version, deletedAt] = [statements.version('version'), statements.version('deletedAt')]
  const ofTable = (column: string) => `${statements.versions.quoted}.${column}`
  const [stored, id] = [ofTable(version), statements.version('id')]
  // A collation that ignores case finds the version of another row.
  const isOwn = `cast(${ofTable(id)} as binary) = cast(values(${id}) as binary)`
  return statements.statement(false, (draft) => {
    const rows = changes.map((change) => `(${statements.versionValues(draft, change)})`)
    return (
      `${statements.insertVersion('')} values ${rows.join(', ')} on duplicate key update ` +
      `${version} = if(${isOwn} and ${stored} < values(${version}), values(${version}), ~0 + length(concat_ws('', ${stored}, '+'))), ` +
      `${deletedAt} = ${changes.some(staysDeleted) ? ofTable(deletedAt) : `values(${deletedAt})`}`
    )
  })
}

function update(statements: BesideStatements, { key, values }: RowChange): Statement {
  const { table } = statements
  return statements.statement(false, (draft) => {
    const mapped = Object.keys(values).filter((property) => values[property] !== undefined)
    const set = mapped.map((property) => {
      const param = statements.encode(property, values[property])
      return `${table.column(property)} = ${draft.parameter(param)}`
    })
    const changes = set.length > 0 ? set : [`${statements.key} = ${statements.key}`]
    return `update ${table.quoted} set ${changes.join(', ')} where ${own(statements, draft, key)}`
  })
}

/** Not where the transaction has lost its raise, as after a deadlock in the hook: it would be committed by itself. */
function remove(statements: BesideStatements, { key, version }: Change): Statement {
  const { table, versions } = statements
  return statements.statement(false, (draft) => {
    const ownRow = own(statements, draft, key)
    const raised =
      `select 1 from ${versions.quoted} where ${statements.ownVersion(draft, key)} ` +
      `and ${statements.version('version')} = ${draft.parameter(versions.encode('version', version))}`
    return `delete from ${table.quoted} where ${ownRow} and exists (${raised})`
  })
}

/** By the index, and then byte by byte: a collation may take another row for this one. */
function own(statements: BesideStatements, draft: Draft, key: string): string {
  const { table, key: column } = statements
  const is = `${column} = ${statements.keyParameter(draft, key)}`
  return `${is} and cast(${table.quoted}.${column} as binary) = cast(${statements.keyParameter(draft, key)} as binary)`
}

/** False where the row is there, which the transaction's own view of the table need not show. */
function* insert(
  statements: BesideStatements,
  change: RowChange,
  faultOf: (error: unknown) => string | undefined,
): Program<boolean> {
  const { table, key } = statements
  try {
    yield* send(
      statements.statement(
        false,
        (draft) =>
          `insert into ${table.quoted} (${statements.insertColumns(change)}) values (${statements.insertValues(draft, change)})`,
      ),
    )
    return true
  } catch (error) {
    if (faultOf(error) !== 'unique_conflict') throw error
    const current = statements.statement(true, (draft) => {
      const own = `${key} = ${statements.keyParameter(draft, change.key)}`
      return `select ${key} as clerk_key from ${table.quoted} where ${own} lock in share mode`
    })
    const { rows } = yield* send(current)
    if (rows.some((row) => keyOf(row) === change.key)) return false
    throw error
  }
}

/** Any unique index leads to the update: it fails where the row that it found is another's. */
function writeMany(statements: BesideStatements, changes: readonly RowChange[]): Statement {
  const [first] = changes as [RowChange]
  const { table, key } = statements
  const stored = `${table.quoted}.${key}`
  const isOwn = `cast(${stored} as binary) = cast(values(${key}) as binary)`
  const test = `${key} = if(${isOwn}, ${stored}, ~0 + length(concat_ws('', ${stored}, '+')))`
  const others = statements
    .updated(first)
    .filter((column) => column !== key)
    .map((column) => `${column} = values(${column})`)
  return statements.statement(false, (draft) => {
    const rows = changes.map((change) => `(${statements.insertValues(draft, change)})`)
    return (
      `insert into ${table.quoted} (${statements.insertColumns(first)}) values ${rows.join(', ')} ` +
      `on duplicate key update ${[test, ...others].join(', ')}`
    )
  })
}
