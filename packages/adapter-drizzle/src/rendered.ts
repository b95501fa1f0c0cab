import type { Statement } from '@clerk-sync/core/sql'
import { type BuildQueryConfig, type QueryWithTypings, SQL } from 'drizzle-orm'

/**
 * A statement whose text is ready, as Drizzle takes it. It is not a prepared query of Drizzle's, since those leave the
 * transaction that they are run in, and encode NULL wrongly.
 */
export class Rendered extends SQL {
  constructor(readonly statement: Statement) {
    super([])
  }

  override toQuery(_config: BuildQueryConfig): QueryWithTypings {
    return { sql: this.statement.sql, params: [...this.statement.params] }
  }
}
