import { deferrableTriggers, oidOf } from '../dialects/postgres-triggers.ts'
import { bytes } from '../dialects/postgres-write.ts'
import { conflictUpsert, type PartDialect } from './part-dialect.ts'

export const postgresParts: PartDialect = {
  upsert(write) {
    return conflictUpsert(write, bytes, `, ${deferrable(write.table)}`)
  },
  deleted: (table) => ` returning ${deferrable(table)}`,
  returns: true,
  batch: async () => (await import('./postgres-batch.ts')).postgresBatch,
}

function deferrable(table: string): string {
  return `${deferrableTriggers(`${oidOf(table)}, ${table}.tableoid`, { deletes: true })} as clerk_deferrable`
}
