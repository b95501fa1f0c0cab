import { VERSION_LENGTH } from '../../port/version.ts'
import { send } from '../program.ts'
import { type Dialect, type GuardedWrite, smaller, tuples } from './dialect.ts'
import { mysql, sameRow, unchangedOrClash } from './mysql.ts'

/**
 * MySQL and MariaDB through a driver that gives nothing but the number of affected rows. That number is 1 for a row
 * that was inserted and, with CLIENT_FOUND_ROWS, for one that stays: so each row is given twice.
 *
 * The first marks the row, with a `+` after its version: in a new row, or in one that is older. The second finds the
 * mark and writes, or finds none and leaves the row. That counts 1 + 2 for a new row, 2 + 2 for one that was there, and
 * 2 or 0 where nothing was written; nobody ever sees a mark, since it is all one statement. The column of the version
 * holds 34 characters.
 */
export const mysqlByCount: Dialect = {
  ...mysql,
  versionLength: VERSION_LENGTH + 1,
  writeText(write, rows) {
    // Batches are counted by the versions before and after.
    if (rows > 1) return uncountedText(write, rows)
    const { table, insert, update, guard, version } = write
    const stored = `${table}.${version}`
    const marked = `right(${stored}, 1) = '+'`
    const unmarked = (text: string) => `trim(trailing '+' from ${text})`
    const keeps = guard !== version
    const older = smaller(`${table}.${guard}`, keeps ? `values(${guard})` : unmarked(`values(${version})`))
    const set = update
      .filter((column) => column !== version)
      .map((column) => `${column} = if(${sameRow(write)} and ${marked}, values(${column}), ${table}.${column})`)
    const written = keeps ? unmarked(stored) : `values(${version})`
    const next = `if(${marked}, ${written}, if(${older}, concat(${stored}, '+'), ${stored}))`
    set.push(`${version} = if(${sameRow(write)}, ${next}, ${stored})`)
    const mark = insert.map((column) => (column === version ? "concat(?, '+')" : '?')).join(', ')
    return (
      `insert into ${table} (${insert.join(', ')}) values (${mark}), ${tuples(insert.length, 1, () => '?')} ` +
      `on duplicate key update ${set.join(', ')}`
    )
  },
  *write(statements, change) {
    const statement = statements.one(change)
    const { affected } = yield* send({ ...statement, params: [...statement.params, ...statement.params] })
    if (affected === 3) return 'created'
    if (affected === 4) return 'updated'
    return yield* unchangedOrClash(statements, change)
  },
}

/** The guarded write and nothing else: Vitess knows `last_insert_id(expr)` only from version 22 on. */
function uncountedText(write: GuardedWrite, rows: number): string {
  const { table, insert, update, guard } = write
  const newer = `${sameRow(write)} and ${smaller(`${table}.${guard}`, `values(${guard})`)}`
  const set = update.map((column) => `${column} = if(${newer}, values(${column}), ${table}.${column})`)
  return (
    `insert into ${table} (${insert.join(', ')}) values ${tuples(insert.length, rows, () => '?')} ` +
    `on duplicate key update ${set.join(', ')}`
  )
}
