import { batchRunner, type Runner, type RunResult } from '@clerk-sync/core/sql'
import { sqliteResult } from './driver-result.ts'
import { Rendered } from './rendered.ts'
import type { AnySqliteDatabase } from './sqlite-database.ts'

/** What is used of D1's binding. */
interface D1 {
  prepare(sql: string): { bind(...params: readonly unknown[]): object }
  /** One transaction. */
  batch(statements: readonly object[]): Promise<readonly { readonly results: readonly unknown[] }[]>
}

/** "Maximum bound parameters per query": https://developers.cloudflare.com/d1/platform/limits/ */
export const D1_PARAMETERS = 100

/** SQLite on Cloudflare: `begin` is refused, and a batch is a transaction. */
export function d1Runner(db: AnySqliteDatabase<'async'>): Runner<never, unknown> {
  const client: D1 = Reflect.get(db, '$client')
  return batchRunner(async (statements): Promise<RunResult[]> => {
    const [first, ...others] = statements
    if (first && others.length === 0) {
      const rendered = new Rendered(first)
      return [sqliteResult(await (first.returnsRows ? db.all(rendered) : db.run(rendered)))]
    }
    // Not Drizzle's batch(), which gives rows without the names of their columns.
    const results = await client.batch(statements.map(({ sql, params }) => client.prepare(sql).bind(...params)))
    return results.map((result, n) => sqliteResult(statements[n]?.returnsRows ? result.results : result))
  })
}
