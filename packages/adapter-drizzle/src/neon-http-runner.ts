import { batchRunner, type Runner, type RunResult, type Statement } from '@clerk-sync/core/sql'
import type { NeonHttpDatabase } from 'drizzle-orm/neon-http'
import { postgresResult } from './driver-result.ts'
import { Rendered } from './rendered.ts'

/** PostgreSQL through Neon's HTTP: each request is a transaction of its own, of one statement or of several. */
export function neonHttpRunner(db: Pick<NeonHttpDatabase, 'execute' | 'batch'>): Runner<never, unknown> {
  const query = (statement: Statement) => db.execute(new Rendered(statement))
  return batchRunner(async ([first, ...others]): Promise<RunResult[]> => {
    if (!first) return []
    if (others.length === 0) return [postgresResult(await query(first))]
    const results = await db.batch([query(first), ...others.map(query)])
    return results.map(postgresResult)
  })
}
