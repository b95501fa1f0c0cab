import type { BatchDialect } from './batch-dialect.ts'

/** Parts of one owner that are inserted or updated, by quoted names: what a dialect makes a statement of. */
export interface PartWrite {
  readonly table: string
  /** The key. */
  readonly owner: string
  readonly id: string
  /** The columns of a new row, in the order of the parameters. */
  readonly insert: readonly string[]
  /** `(?, ?), (?, ?)` */
  readonly tuples: string
  /** The columns to set in a row that is there. */
  readonly update: readonly string[]
}

/** How a database writes parts. */
export interface PartDialect {
  /**
   * Inserts or updates rows by their key alone. Where any other unique index finds a row, the statement fails, and where the
   * key finds another one's row, since its collation ignores case, it fails or gives no row.
   */
  upsert(write: PartWrite): string
  /** What a delete returns as well, where triggers can be deferred until the commit: whether any may be, as `clerk_deferrable`. */
  deleted?(table: string): string
  /** Whether an upsert gives a row for each that it wrote: their ids as `clerk_key`. */
  readonly returns: boolean
  /** Where some of its drivers have batches alone, loaded for these. */
  batch?(): Promise<BatchDialect>
}

/**
 * What PostgreSQL and SQLite share.
 *
 * @param bytes - an expression whose comparison is that of the bytes
 * @param triggers - what is returned as well
 */
export function conflictUpsert(
  { table, owner, id, insert, tuples, update }: PartWrite,
  bytes: (expression: string) => string,
  triggers: string,
): string {
  const set = update.length > 0 ? update : [id]
  const isOwn = [owner, id].map((column) => `${bytes(`${table}.${column}`)} = ${bytes(`excluded.${column}`)}`)
  return (
    `insert into ${table} (${insert.join(', ')}) values ${tuples} on conflict (${owner}, ${id}) do update ` +
    `set ${set.map((column) => `${column} = excluded.${column}`).join(', ')} where ${isOwn.join(' and ')} ` +
    `returning ${id} as clerk_key${triggers}`
  )
}
