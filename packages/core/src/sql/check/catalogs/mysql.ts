import type { Problem } from '../../../port/sync-adapter.ts'
import { unquoted } from '../../names.ts'
import { query, type Row } from '../../program.ts'
import type { CheckFacts, ColumnFacts, Expression, TableFacts } from '../table-facts.ts'
import type { Catalog } from './catalog.ts'
import { mysqlForeignKeys } from './foreign-keys.ts'

const TEXT = /^((tiny|medium|long)?text|n?(var)?char)$/

export const catalog: Catalog = {
  foreignKeys: mysqlForeignKeys,
  padsChars: false,
  // A text of the connection's collation is not compared as the column's are, or not at all.
  typed: (value, { collation }) =>
    collation === undefined ? value : `convert(${value} using ${collation.split('_')[0]}) collate ${collation}`,
  *facts(quotedTable) {
    const table = unquoted(quotedTable)
    const schema = quotedTable.includes('`.`') ? quotedTable.slice(1, quotedTable.indexOf('`.`')) : null
    const inSchema = (column: string) => `${column} = ${schema === null ? 'database()' : '?'}`
    const where = `${inSchema('table_schema')} and table_name = ?`
    const names = schema === null ? [table] : [schema, table]
    const [server] = yield* query('select version() as version')
    const isMariaDb = String(server?.version).includes('MariaDB')
    const columns = yield* query(
      `select column_name as name, is_nullable as nullable, column_default as default_value, collation_name as collation,
         character_maximum_length as length, data_type as type, column_type as full_type, extra as extra,
         generation_expression as generated_as, datetime_precision as fraction_digits, privileges as privileges
       from information_schema.columns where ${where}`,
      ...names,
    )
    // A part that is an expression has no column: such an index is unique of something else.
    const indexes = yield* query(
      `select index_name as name, group_concat(column_name order by seq_in_index) as columns,
         count(*) = count(column_name) and count(sub_part) = 0 as plain
       from information_schema.statistics where ${where} and non_unique = 0 group by index_name`,
      ...names,
    )
    const leading = yield* query(
      `select distinct column_name as name from information_schema.statistics
       where ${where} and seq_in_index = 1 and column_name is not null`,
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
       where t.${where.replace(' and ', ' and t.')} and t.constraint_type = 'CHECK'${isMariaDb ? '' : " and t.enforced = 'YES'"}`,
          ...names,
        )
      : []
    const triggers = yield* query(
      `select trigger_name as name from information_schema.triggers
       where ${inSchema('event_object_schema')} and event_object_table = ? and event_manipulation <> 'DELETE'
       order by trigger_name`,
      ...names,
    )
    const [relation] = yield* query(
      `select table_type as type,
         (select e.engine from information_schema.engines e where e.engine = t.engine and e.transactions = 'NO') as engine
       from information_schema.tables t where ${where}`,
      ...names,
    )
    const engine = relation?.engine ?? undefined
    const otherKind = String(relation?.type).includes('VIEW') ? 'view' : undefined
    // MariaDB's names are unique in a table alone; MySQL's are in a schema, and it does not say the table here.
    const ofTable = ({ TABLE_NAME }: Row) => TABLE_NAME === undefined || TABLE_NAME === table
    const whole = indexes.filter(({ plain }) => Number(plain) === 1)
    return {
      columns: new Map(
        columns.map((row) => [
          String(row.name),
          columnFacts(row, isMariaDb, checks.filter(ofTable).some(holdsJson(row))),
        ]),
      ),
      primaryKey: whole.filter((row) => row.name === 'PRIMARY').flatMap(columnsIn),
      leading: leading.map((row) => String(row.name)),
      uniques: whole.filter((row) => row.name !== 'PRIMARY').map((row) => ({ columns: columnsIn(row) })),
      partialUniques: indexes
        .filter((row) => !whole.includes(row))
        .map((row) => ({ name: String(row.name), columns: columnsIn(row) })),
      references: references.map((row) => String(row.name)),
      checks: checks.filter(ofTable).map(checkFacts).filter(isOfTheApplication),
      triggers: triggers.map((row) => String(row.name)),
      ...(otherKind && { otherKind }),
      ...(engine !== undefined && { engineWithoutTransactions: String(engine) }),
    } satisfies TableFacts
  },
  *settings() {
    const [row] = yield* query('select @@sql_mode as mode, @@autocommit as autocommit')
    const problems: Problem[] = []
    if (Number(row?.autocommit) === 0) {
      const message =
        'autocommit is off in the sessions of this pool: what is written outside a transaction is lost when its ' +
        'connection closes. Give the adapter a pool that leaves it on.'
      problems.push({ severity: 'error', table: '(server)', message })
    }
    if (!/STRICT_(TRANS|ALL)_TABLES/.test(String(row?.mode)))
      problems.push({
        severity: 'warning',
        table: '(server)',
        message:
          'sql_mode is not strict: values that are too long are cut off without an error. Add STRICT_TRANS_TABLES.',
      })
    return problems
  },
}

function columnFacts(row: Row, isMariaDb: boolean, isJson: boolean): ColumnFacts {
  const privileges = String(row.privileges).toLowerCase()
  const generated = row.generated_as === null ? '' : unescaped(String(row.generated_as))
  const filledBy = filledByOf(row, isMariaDb)
  return {
    notNull: row.nullable === 'NO',
    defaultValue: row.default_value === null ? null : String(row.default_value),
    type: isJson ? 'json' : String(row.full_type),
    takesText: !isJson && TEXT.test(String(row.type).toLowerCase()),
    ...(row.length !== null && { length: Number(row.length) }),
    ...(row.fraction_digits !== null && { fractionDigits: Number(row.fraction_digits) }),
    // Most collations do, but the writes compare bytes: they refuse such a key, and never take it for another.
    ignoresCase: false,
    ...(row.collation !== null && { collation: String(row.collation) }),
    ...(filledBy && { filledBy }),
    ...(generated && { generatedAs: generated }),
    denied: (['select', 'insert', 'update'] as const).filter((command) => !privileges.includes(command)),
  }
}

/** MySQL keeps a constant as its bare text, and MariaDB every default as SQL, `NULL` too. */
function filledByOf({ extra, default_value: value }: Row, isMariaDb: boolean): Expression | undefined {
  if (/auto_increment/i.test(String(extra))) return { sql: '1', params: [] }
  if (value === null || (isMariaDb && value === 'NULL')) return undefined
  if (isMariaDb || /DEFAULT_GENERATED/i.test(String(extra))) return { sql: unescaped(String(value)), params: [] }
  return { sql: '?', params: [String(value)] }
}

function checkFacts(row: Row): CheckFacts {
  return { name: String(row.name), expression: unescaped(String(row.expression)) }
}

/** MariaDB's JSON is a longtext, with a constraint of its own. */
function holdsJson({ name }: Row): (check: Row) => boolean {
  return ({ expression }) => JSON_ALONE.exec(String(expression))?.[1] === name
}

const JSON_ALONE = /^json_valid\(`([^`]+)`\)$/i

function isOfTheApplication({ expression }: CheckFacts): boolean {
  return !JSON_ALONE.test(expression)
}

/** MySQL gives an expression that has a text in it, behind its character set, as it would stand inside of a text. */
function unescaped(expression: string): string {
  return /_\w+\\'/.test(expression) ? expression.replace(/\\(['"\\])/g, '$1') : expression
}

function columnsIn({ columns }: Row): string[] {
  return columns === null ? [] : String(columns).split(',')
}
