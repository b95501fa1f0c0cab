import type { Pool } from 'pg'

/** Rows to a statement, and statements at a time: those of `writeMany`. */
const ROWS = 500
const IN_FLIGHT = 2

/** The least that does what `writeMany` does: rows out of arrays, written where they are newer, with what became of each. */
export async function guardedRows(
  pool: Pool,
  table: string,
  rows: readonly Readonly<Record<string, string>>[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
  const arrays = columns.map((_, n) => `$${n + 1}::text[]`).join(', ')
  const set = columns.filter((column) => column !== 'id').map((column) => `${column} = excluded.${column}`)
  const sql =
    `insert into ${table} as t (${columns.join(', ')}) select * from unnest(${arrays}) on conflict (id) do update ` +
    `set ${set.join(', ')} where t.clerk_version < excluded.clerk_version ` +
    'returning id, clerk_version, (xmax = 0) as created'
  const queue: (readonly Readonly<Record<string, string>>[])[] = []
  for (let first = 0; first < rows.length; first += ROWS) queue.push(rows.slice(first, first + ROWS))
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (let some = queue.shift(); some; some = queue.shift()) {
        const values = some
        await pool.query(
          sql,
          columns.map((column) => `{${values.map((row) => `"${row[column]}"`).join(',')}}`),
        )
      }
    }),
  )
}
