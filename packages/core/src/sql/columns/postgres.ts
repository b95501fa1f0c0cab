import type { WriteOutcome } from '../../port/sync-adapter.ts'
import { keyOf } from '../beside/beside.ts'
import { takenBeside } from '../beside/outcomes.ts'
import { afterTriggers, failingIf } from '../beside/postgres-batch.ts'
import type { ColumnDialect } from '../dialects/dialect.ts'
import { deferrableTriggers, oidOf } from '../dialects/postgres-triggers.ts'
import { bytes, parameter, returning } from '../dialects/postgres-write.ts'
import { send } from '../program.ts'
import { newRow } from '../table-statements.ts'
import { isStored, taken } from '../written.ts'
import { columnsIn, columnsOf } from './columns.ts'

/** For what no `skip locked` passes over, in ms: a key or a unique value that another transaction is about to commit. */
const LONGEST_LOCK_WAIT_MS = 10

/**
 * Leaves out rows that are there and locked. Each row is locked when the select comes to it; the limit is set before the
 * first of them is written, and ends with the transaction. With `not exists`, the whole table was read: 10 ms of 20,000 rows.
 *
 * @param rows - of each table that is written, the row that is meant
 */
function withoutWaiting(...rows: readonly string[]): string {
  const unlocked = rows.map((row) => `((${row} limit 1) is null or exists (${row} for update skip locked))`)
  return (
    ` cross join (select set_config('lock_timeout', '${LONGEST_LOCK_WAIT_MS}ms', true)) as clerk_limit ` +
    `where ${unlocked.join(' and ')}`
  )
}

/** PostgreSQL. The rows come out of arrays, and the statement itself says which of them it wrote. */
export const postgresColumns: ColumnDialect = {
  *inRow(statements, changes, waits) {
    const { write, rows, statement } = statements.asRows(changes)
    const columns = columnsOf(columnsIn(statements.table, rows), parameter)
    if (!columns) return undefined
    const oid = oidOf(write.table)
    // Asked once, and not for each row; those of partitions as well.
    const triggers = deferrableTriggers(
      `select ${oid} union all select relid from pg_catalog.pg_partition_tree(${oid})`,
    )
    const select = `select ${columns.select.join(', ')} from ${columns.from}`
    const id = columns.select[write.insert.indexOf(write.key)]
    const row = `select 1 from ${write.table} as t where t.${write.key} = ${id}`
    const sql = returning(write, waits ? select : `${select}${withoutWaiting(row)}`, triggers)
    const { rows: returned } = yield* send(statement(sql, columns.params))
    const byKey = new Map(returned.map((row) => [row.clerk_key, row]))
    const outcomes = new Map<string, WriteOutcome>()
    for (const change of changes) {
      const row = byKey.get(change.key)
      if (!row || !isStored(row, change)) continue
      outcomes.set(change.key, taken(change, row.created === true, row.clerk_deleted === true).outcome)
    }
    if (outcomes.size === 0 || typeof returned[0]?.clerk_deferrable !== 'boolean') return outcomes
    // AFTER triggers may have changed the rows once more.
    const stored = yield* send(statements.versions([...outcomes.keys()]))
    const versions = new Map(stored.rows.map((row) => [keyOf(row), row.clerk_version]))
    for (const { key, version } of changes) if (versions.get(key) !== version) outcomes.delete(key)
    return outcomes
  },

  *beside(statements, changes, waits) {
    const { table, versions, key } = statements
    const rows = columnsIn(
      table,
      changes.map((change) => newRow(table, change)),
    )
    const version = { table: versions, property: 'version', values: changes.map((change) => change.version) }
    const columns = columnsOf([...rows, version], parameter)
    if (!columns) return undefined
    const [row, raised] = [columns.select.slice(0, -1), columns.select.at(-1)]
    const id = columns.select[0]
    const statement = statements.statement(true, (draft) => {
      draft.parameter(...columns.params)
      const name = draft.parameter(versions.encode('tableName', statements.tableName))
      const own = `select 1 from ${table.quoted} as t where t.${key} = ${id}`
      const ownVersion =
        `select 1 from ${versions.quoted} as v where v.${statements.version('tableName')} = ${name} ` +
        `and v.${statements.version('id')} = ${id}::text`
      return (
        `with u as (select u.* from ${columns.from}${waits ? '' : withoutWaiting(own, ownVersion)}), ` +
        // They may take back what is written, which takes a transaction: then nothing is raised.
        `triggers as (select ${afterTriggers(statements)} as may_wait), ` +
        `raised as (${statements.insertVersion()} select ${name}, ${id}, ${raised}, null from u, triggers ` +
        `where may_wait is null ${statements.raiseOlder(changes[0])} returning ${statements.version('id')} as clerk_key), ` +
        `written as (insert into ${table.quoted} as t (${statements.insertColumns(changes[0])}) ` +
        `select ${row.join(', ')} from u where ${bytes(String(id))} in (select ${bytes('clerk_key')} from raised) ` +
        `${statements.updateExisting(changes[0])} returning ${key} as clerk_key, (xmax = 0) as created), ` +
        `shown as (select 1 from raised join written on ${bytes('raised.clerk_key')} = ${bytes('written.clerk_key')}), ` +
        // A version without its row fails the statement, also where no row at all was written.
        `proof as (select ${failingIf('(select count(*) from shown) < (select count(*) from raised)')} as clerk_proof) ` +
        'select clerk_key, created, clerk_proof from proof left join written on true'
      )
    })
    const written = new Map((yield* send(statement)).rows.map((row) => [keyOf(row), row.created === true]))
    const outcomes = new Map<string, WriteOutcome>()
    for (const change of changes) {
      const created = written.get(change.key)
      if (created !== undefined) outcomes.set(change.key, takenBeside(change, created))
    }
    return outcomes
  },
}
