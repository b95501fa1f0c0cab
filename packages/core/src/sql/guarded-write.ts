// The guard: a row takes a change only while its own version is smaller, so a stale one is ignored.

/** A guarded write, by quoted names: what a dialect makes a statement of. */
export interface GuardedWrite {
  readonly table: string
  readonly key: string
  /** The columns of a new row, in the order of the parameters. */
  readonly insert: readonly string[]
  /** Of each of them, what stands before, between and after its parameters: `['', '']` of a plain value. */
  readonly values: readonly (readonly string[])[]
  /** The columns to set in a row that is there; the guard is the last of them. */
  readonly update: readonly string[]
  /** Written only while the row's value in this column is smaller, or NULL. */
  readonly guard: string
  /** The column of the version, which is the guard but for a tombstone that keeps its values. */
  readonly version: string
  readonly deletedAt: string
}

/** `(?, ?), (?, ?)` */
export function tuples(values: GuardedWrite['values'], rows: number, parameter: (n: number) => string): string {
  let parameters = 0
  const value = ([first = '', ...others]: readonly string[]) =>
    others.reduce((text, next) => text + parameter(++parameters) + next, first)
  return Array.from({ length: rows }, () => `(${values.map(value).join(', ')})`).join(', ')
}

/** A tombstone that keeps its values is guarded by a column that is NULL at first. */
export function smaller(stored: string, incoming: string): string {
  return `(${stored} is null or ${stored} < ${incoming})`
}

/**
 * What PostgreSQL and SQLite share.
 *
 * @param rows - `values (…)`, or a select
 * @param bytes - an expression whose comparison is that of the bytes: a key that ignores case finds another user's row
 */
export function conflictWrite(write: GuardedWrite, rows: string, bytes: (expression: string) => string): string {
  const { table, key, insert, update, guard } = write
  const set = update.map((column) => `${column} = excluded.${column}`)
  return (
    `insert into ${table} as t (${insert.join(', ')}) ${rows} ` +
    `on conflict (${key}) do update set ${set.join(', ')} ` +
    `where ${bytes(`t.${key}`)} = ${bytes(`excluded.${key}`)} and ${smaller(`t.${guard}`, `excluded.${guard}`)}`
  )
}
