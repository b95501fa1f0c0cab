import type { Fault } from '../../port/database-fault.ts'
import { withRetries } from '../../port/retries.ts'
import type { PartStore, Parts } from '../../port/sync-adapter.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { signalOf } from '../runner.ts'
import type { SqlParts } from '../sql-parts.ts'
import type { PartTable } from '../table.ts'

interface StoreParts {
  readonly dialect: Dialect
  readonly tables: readonly PartTable[]
  readonly select: SqlParts['select']
  readonly faultOf: (error: unknown) => Fault | undefined
}

/**
 * The tables of parts, and a reader of them. It reads as the application does: what a map gives is compared with it, and not
 * with what the driver makes of a time or an enum.
 */
export function partStoreOf({ dialect, tables, select, faultOf }: StoreParts): PartStore {
  return {
    tables: Object.fromEntries(tables.map((table) => [table.part, table])),
    async read(owners, options) {
      const [{ ownedIn }, { chunks }] = await Promise.all([import('./owned-in.ts'), import('../chunks.ts')])
      const signal = signalOf(options)
      const lists = new Map<string, Parts>(owners.map((owner) => [owner, {}]))
      for (const table of tables) {
        const { owner: column, key } = table
        for (const some of chunks(owners, dialect)) {
          const rows = await withRetries(async () => select(table, { column, values: some }), faultOf, signal)
          for (const [owner, owned] of ownedIn(rows, some, column, key)) {
            const list = Array.from(owned, ([id, values]) => ({ id, values }))
            lists.set(owner, { ...lists.get(owner), [table.part]: list })
          }
        }
      }
      return lists
    },
  }
}
