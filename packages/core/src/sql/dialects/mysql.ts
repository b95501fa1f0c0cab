import { ClerkSyncError } from '../../errors.ts'
import { faultOf } from '../../port/database-fault.ts'
import type { Change } from '../../port/sync-adapter.ts'
import { unquoted } from '../check.ts'
import { type Program, query, type Row, send } from '../program.ts'
import type { Statements } from '../statement.ts'
import { type Dialect, type GuardedWrite, smaller, tuples } from './dialect.ts'

/** What `last_insert_id` reports of a row that was there, since affected rows do not tell. No table counts this far. */
const UNCHANGED = Number.MAX_SAFE_INTEGER
const CLASH = Number.MAX_SAFE_INTEGER - 1

/**
 * MySQL and MariaDB. Any unique index leads to the update, also one that finds another row: then nothing is assigned,
 * and {@link CLASH} is reported. Assignments run from left to right, so the guard comes last.
 */
export const mysql: Dialect = {
  parameter: () => '?',
  maxParameters: 65_535,
  writeText(write, rows) {
    const { table, insert, update, guard } = write
    const same = sameRow(write)
    const older = smaller(`${table}.${guard}`, `values(${guard})`)
    const set = update
      .filter((column) => column !== guard)
      .map((column) => `${column} = if(${same} and ${older}, values(${column}), ${table}.${column})`)
    const kept = (report: number) => `if(last_insert_id(${report}), ${table}.${guard}, ${table}.${guard})`
    set.push(`${guard} = if(${same}, if(${older}, values(${guard}), ${kept(UNCHANGED)}), ${kept(CLASH)})`)
    return (
      `insert into ${table} (${insert.join(', ')}) values ${tuples(insert.length, rows, () => '?')} ` +
      `on duplicate key update ${set.join(', ')}`
    )
  },
  writeReturns: false,
  *write(statements, change) {
    const { affected, insertId } = yield* send(statements.one(change))
    if (insertId === UNCHANGED) return 'unchanged'
    if (insertId !== CLASH) return affected === 2 ? 'updated' : 'created'
    // An index that stands before the key found another row. Ours may be newer all the same: then nothing was to be done.
    return yield* unchangedOrClash(statements, change)
  },
  skipExisting: () => '',
  claimed: (error) => faultOf(error) === 'unique_conflict',
  *facts(quotedTable) {
    const table = unquoted(quotedTable)
    const schema = quotedTable.includes('`.`') ? quotedTable.slice(1, quotedTable.indexOf('`.`')) : null
    const where = `table_schema = ${schema === null ? 'database()' : '?'} and table_name = ?`
    const names = schema === null ? [table] : [schema, table]
    const columns = yield* query(
      `select column_name as name, is_nullable as nullable, column_default as default_value, collation_name as collation,
         character_maximum_length as length
       from information_schema.columns where ${where}`,
      ...names,
    )
    const indexes = yield* query(
      `select index_name as name, group_concat(column_name order by seq_in_index) as columns
       from information_schema.statistics where ${where} and non_unique = 0 group by index_name`,
      ...names,
    )
    const references = yield* query(
      `select column_name as name from information_schema.key_column_usage
       where ${where} and referenced_table_name is not null`,
      ...names,
    )
    const columnsOf = (row: Row) => String(row.columns).split(',')
    return {
      columns: new Map(
        columns.map((row) => [
          String(row.name),
          {
            notNull: row.nullable === 'NO',
            defaultValue: row.default_value === null ? null : String(row.default_value),
            ...(row.length !== null && { length: Number(row.length) }),
            // Most collations do, but the writes compare bytes: they refuse such a key, and never take it for another.
            ignoresCase: false,
            ...(row.collation !== null && { collation: String(row.collation) }),
          },
        ]),
      ),
      primaryKey: indexes.filter((row) => row.name === 'PRIMARY').flatMap(columnsOf),
      uniques: indexes.filter((row) => row.name !== 'PRIMARY').map(columnsOf),
      references: references.map((row) => String(row.name)),
    }
  },
  *settings() {
    const [row] = yield* query('select @@sql_mode as mode')
    if (/STRICT_(TRANS|ALL)_TABLES/.test(String(row?.mode))) return []
    return [
      {
        severity: 'warning',
        table: '(server)',
        message:
          'sql_mode is not strict: values that are too long are cut off without an error. Add STRICT_TRANS_TABLES.',
      },
    ]
  },
}

/** Whether an index found the row of the change itself. */
export function sameRow({ table, key }: GuardedWrite): string {
  return `cast(${table}.${key} as binary) = cast(values(${key}) as binary)`
}

/** After a write that changed nothing: was the row as new already, or did a unique index find another one? */
export function* unchangedOrClash(statements: Statements, change: Change): Program<'unchanged'> {
  const { rows } = yield* send(statements.held(change, ' lock in share mode'))
  // A collation that ignores case finds others as well.
  if (rows.some((row) => row.clerk_key === change.key)) return 'unchanged'
  throw new ClerkSyncError(
    'unique_conflict',
    `${statements.table.name}: another row has one of the unique values of ${change.key}. Nothing was written. The ` +
      "two rows are in conflict in Clerk as well, or the other row's change is still on its way: the event is sent again.",
  )
}
