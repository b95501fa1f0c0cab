import { ClerkSyncError } from '../../errors.ts'
import type { Change } from '../../port/sync-adapter.ts'
import { unquoted } from '../check.ts'
import { smaller, tuples } from '../guarded-write.ts'
import { lostWrite, seen } from '../lost-write.ts'
import { type Program, query, type Row, type RunResult, send } from '../program.ts'
import { type ChangeStatements, type Dialect, selectedRow } from './dialect.ts'

/**
 * MySQL and MariaDB. Any unique index leads to the update, also one that finds another row. Where the row found is not
 * that of the change, or is as new, the statement fails: it adds to the largest number there is. So a statement that went
 * well wrote the row, and counts 1 for a new one, whatever triggers do; one that failed has left no trace, theirs neither.
 *
 * The row is read back all the same: a trigger may change the version, or the key, of what is written.
 */
export const mysql: Dialect = {
  parameter: () => '?',
  maxParameters: 65_535,
  writeText({ table, key, insert, values, update, guard, version }, rows) {
    const stored = `${table}.${version}`
    const same = `cast(${table}.${key} as binary) = cast(values(${key}) as binary)`
    const older = smaller(`${table}.${guard}`, `values(${guard})`)
    // Assignments run from left to right, so that of the guard comes first, on the one column that is always text.
    const next = guard === version ? `values(${version})` : stored
    const first = `${version} = if(${same} and ${older}, ${next}, ~0 + length(concat_ws('', ${stored}, '+')))`
    const others = update.filter((column) => column !== version).map((column) => `${column} = values(${column})`)
    return (
      `insert into ${table} (${insert.join(', ')}) values ${tuples(values, rows, () => '?')} ` +
      `on duplicate key update ${[first, ...others].join(', ')}`
    )
  },
  writeReturns: false,
  *write(statements, change, faultOf) {
    let written: RunResult
    try {
      written = yield* send(statements.one(change))
    } catch (error) {
      // Of our own sum, or of a trigger's: the row is looked at in either case.
      if (faultOf(error) !== 'out_of_range') throw error
      return yield* unchangedOrClash(statements, change, error)
    }
    const found = seen(yield* send(statements.look(change)), change)
    if (found !== 'held') throw lostWrite(statements, change, found)
    return written.affected === 1 ? 'created' : 'updated'
  },
  skipExisting: () => '',
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
    // A part that is an expression has no column: such an index is unique of something else.
    const indexes = yield* query(
      `select index_name as name, group_concat(column_name order by seq_in_index) as columns
       from information_schema.statistics where ${where} and non_unique = 0 group by index_name
       having count(*) = count(column_name)`,
      ...names,
    )
    const references = yield* query(
      `select column_name as name from information_schema.key_column_usage
       where ${where} and referenced_table_name is not null`,
      ...names,
    )
    // MySQL before 8.0.16 has neither the table nor the constraints.
    const [known] = yield* query(
      `select 1 from information_schema.tables
       where table_schema = 'information_schema' and table_name = 'CHECK_CONSTRAINTS'`,
    )
    const checks = known
      ? yield* query(
          `select c.*, c.constraint_name as name, c.check_clause as expression
       from information_schema.table_constraints t join information_schema.check_constraints c
         on c.constraint_schema = t.constraint_schema and c.constraint_name = t.constraint_name
       where t.${where.replace(' and ', ' and t.')} and t.constraint_type = 'CHECK'`,
          ...names,
        )
      : []
    // MariaDB's names are unique in a table alone; MySQL's are in a schema, and it does not say the table here.
    const ofTable = ({ TABLE_NAME }: Row) => TABLE_NAME === undefined || TABLE_NAME === table
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
      uniques: indexes.filter((row) => row.name !== 'PRIMARY').map((row) => ({ columns: columnsOf(row) })),
      references: references.map((row) => String(row.name)),
      checks: checks.filter(ofTable).map((row) => ({
        name: String(row.name),
        // MySQL escapes the quotes of a text that it has put its character set before.
        expression: String(row.expression).replace(/(_\w+)\\'(.*?)\\'/g, "$1'$2'"),
      })),
    }
  },
  rowSource: (_, columns) => selectedRow(columns),
  uniqueAmongLive: (table, columns, deletedAt) =>
    `alter table ${table} add live tinyint as (if(${deletedAt} is null, 1, null)), ` +
    `add unique (${columns.join(', ')}, live)`,
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

/** After a write that was held back: is the row as new already, or did a unique index find another one? */
function* unchangedOrClash(statements: ChangeStatements, change: Change, cause: unknown): Program<'unchanged'> {
  // With a lock, since a transaction's own view of the row may be older.
  const found = seen(yield* send(statements.look(change, ' lock in share mode')), change)
  if (found === 'held') return 'unchanged'
  throw new ClerkSyncError(
    'unique_conflict',
    `${statements.table.name}: another row has one of the unique values of ${change.key}. Nothing was written. The ` +
      "two rows are in conflict in Clerk as well, or the other row's change is still on its way: the event is sent again. " +
      'If no other row has one, a trigger before inserts changes the version or the Clerk id: make it leave them unchanged.',
    { cause },
  )
}
