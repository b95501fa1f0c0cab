import { deferrableTriggers, oidOf } from '../dialects/postgres-triggers.ts'
import { bytes } from '../dialects/postgres-write.ts'
import { conflictUpsert, type PartDialect } from './part-dialect.ts'

export const postgresParts: PartDialect = {
  upsert(write) {
    const triggers = deferrableTriggers(`${oidOf(write.table)}, ${write.table}.tableoid`, { deletes: true })
    return conflictUpsert(write, bytes, `, ${triggers} as clerk_deferrable`)
  },
  returns: true,
}
