import type { GuardedWrite, Spelling } from './statement.ts'

/** PostgreSQL. `created` is true for a new row; no row comes back where the guard held. */
export const postgresSpelling: Spelling = {
  parameter: (n) => `$${n}`,
  write: (write, rows) => `${conflictWrite(write, rows, postgresSpelling.parameter)} returning (xmax = 0) as created`,
  writeReturns: true,
  skipExisting: ' on conflict (id) do nothing returning id',
}

export const sqliteSpelling: Spelling = {
  parameter: () => '?',
  write: (write, rows) => conflictWrite(write, rows, sqliteSpelling.parameter),
  writeReturns: false,
  skipExisting: ' on conflict (id) do nothing returning id',
}

export const mysqlSpelling: Spelling = {
  parameter: () => '?',
  write: mysqlWrite,
  writeReturns: false,
  skipExisting: '',
}

/** What PostgreSQL and SQLite share. */
function conflictWrite(write: GuardedWrite, rows: number, parameter: (n: number) => string): string {
  const { table, key, insert, update, guard } = write
  const set = update.map((column) => `${column} = excluded.${column}`)
  return (
    `insert into ${table} as t (${insert.join(', ')}) values ${tuples(insert.length, rows, parameter)} ` +
    `on conflict (${key}) do update set ${set.join(', ')} where ${smaller(`t.${guard}`, `excluded.${guard}`)}`
  )
}

/** What `last_insert_id` reports of a row that was there, since affected rows do not tell. No table counts this far. */
export const MYSQL_UNCHANGED = Number.MAX_SAFE_INTEGER
export const MYSQL_CLASH = Number.MAX_SAFE_INTEGER - 1

/**
 * MySQL and MariaDB. Any unique index leads here, also one that finds another row: then nothing is assigned, and
 * {@link MYSQL_CLASH} is reported. Assignments run from left to right, so the guard comes last.
 */
function mysqlWrite({ table, key, insert, update, guard }: GuardedWrite, rows: number): string {
  const sameRow = `cast(${table}.${key} as binary) = cast(values(${key}) as binary)`
  const older = smaller(`${table}.${guard}`, `values(${guard})`)
  const set = update
    .filter((column) => column !== guard)
    .map((column) => `${column} = if(${sameRow} and ${older}, values(${column}), ${table}.${column})`)
  const kept = (report: number) => `if(last_insert_id(${report}), ${table}.${guard}, ${table}.${guard})`
  set.push(`${guard} = if(${sameRow}, if(${older}, values(${guard}), ${kept(MYSQL_UNCHANGED)}), ${kept(MYSQL_CLASH)})`)
  return (
    `insert into ${table} (${insert.join(', ')}) values ${tuples(insert.length, rows, () => '?')} ` +
    `on duplicate key update ${set.join(', ')}`
  )
}

function tuples(columns: number, rows: number, parameter: (n: number) => string): string {
  const tuple = (row: number) =>
    `(${Array.from({ length: columns }, (_, column) => parameter(row * columns + column + 1)).join(', ')})`
  return Array.from({ length: rows }, (_, row) => tuple(row)).join(', ')
}

/** A keep-mode tombstone is guarded by a column that is NULL at first. */
function smaller(stored: string, incoming: string): string {
  return `(${stored} is null or ${stored} < ${incoming})`
}
