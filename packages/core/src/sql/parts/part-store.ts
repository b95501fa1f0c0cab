import type { PartStore, Parts } from '../../port/sync-adapter.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { send } from '../program.ts'
import { signalOf } from '../runner.ts'
import type { PartTable } from '../table.ts'
import type { WriterAccess } from '../table-writer.ts'

interface StoreParts {
  readonly dialect: Dialect
  readonly tables: readonly PartTable[]
  readonly run: WriterAccess['run']
}

/** The tables of parts, and a reader of them that is loaded when they are compared. */
export function partStoreOf({ dialect, tables, run }: StoreParts): PartStore {
  return {
    tables: Object.fromEntries(tables.map((table) => [table.part, table])),
    async read(owners, options) {
      const [{ ownedIn, PartStatements }, parts] = await Promise.all([import('./part-statements.ts'), dialect.parts()])
      const lists = new Map<string, Parts>(owners.map((owner) => [owner, {}]))
      for (const table of owners.length > 0 ? tables : []) {
        const statements = new PartStatements(table, dialect, parts)
        const { rows } = await run(() => send(statements.read(owners)), signalOf(options))
        for (const [owner, owned] of ownedIn(rows, owners)) {
          const list = Array.from(owned, ([id, row]) => ({ id, values: statements.valuesIn(row) }))
          lists.set(owner, { ...lists.get(owner), [table.part]: list })
        }
      }
      return lists
    },
  }
}
