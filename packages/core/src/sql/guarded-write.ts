// The guard: a row takes a change only while its own version is smaller, so a stale one is ignored.

/** A guarded write, by quoted names: what a dialect makes a statement of. */
export interface GuardedWrite {
  readonly table: string
  readonly key: string
  /** The columns of a new row, in the order of the parameters. */
  readonly insert: readonly string[]
  /** The columns to set in a row that is there; the guard is the last of them. */
  readonly update: readonly string[]
  /** Written only while the row's value in this column is smaller, or NULL. */
  readonly guard: string
  /** The column of the version, which is the guard but for a tombstone that keeps its values. */
  readonly version: string
  readonly deletedAt: string
}

/** `(?, ?), (?, ?)` */
export function tuples(columns: number, rows: number, parameter: (n: number) => string): string {
  const tuple = (row: number) =>
    `(${Array.from({ length: columns }, (_, column) => parameter(row * columns + column + 1)).join(', ')})`
  return Array.from({ length: rows }, (_, row) => tuple(row)).join(', ')
}

/** A tombstone that keeps its values is guarded by a column that is NULL at first. */
export function smaller(stored: string, incoming: string): string {
  return `(${stored} is null or ${stored} < ${incoming})`
}

/** What PostgreSQL and SQLite share. */
export function conflictWrite(write: GuardedWrite, rows: number, parameter: (n: number) => string): string {
  const { table, key, insert, update, guard } = write
  const set = update.map((column) => `${column} = excluded.${column}`)
  return (
    `insert into ${table} as t (${insert.join(', ')}) values ${tuples(insert.length, rows, parameter)} ` +
    `on conflict (${key}) do update set ${set.join(', ')} where ${smaller(`t.${guard}`, `excluded.${guard}`)}`
  )
}
