import { ClerkSyncError, type Entity, type Problem } from '@clerk-sync/core'
import { type Column, getTableColumns, getTableName, type Table } from 'drizzle-orm'
import type { Parts } from './adapter.ts'
import { checkLedger, checkTable, type TableFacts } from './check.ts'
import type { WriteProgram } from './guarded-write.ts'
import { Ledger } from './ledger.ts'
import { namesOf } from './names.ts'
import { type Spelling, Statements } from './statement.ts'
import { ENTITY_OF, readTable, type UniqueIndexes } from './synced-table.ts'

/** The tables as `drizzleAdapter` is given them. */
export type GivenTables = { readonly [Name in keyof typeof ENTITY_OF | 'events']?: Table }

/** Everything about a database that is not about its driver. */
export function makeParts(
  tables: GivenTables,
  database: {
    readonly name: string
    readonly spelling: Spelling
    readonly write: WriteProgram
    readonly claimed: Parts['claimed']
    readonly render: (column: Column, table: Table) => string
    readonly indexes: (table: Table) => UniqueIndexes
    /** The rows of a table with this value in this column. */
    readonly select: (table: Table, column: Column, value: string) => ReturnType<Parts['find']>
    readonly facts: (quotedTable: string) => Promise<TableFacts>
    readonly settings: () => Promise<readonly Problem[]>
  },
): Parts {
  const { name, spelling, write, claimed, facts } = database
  const names = (table: Table) => namesOf(table, (column) => database.render(column, table))
  const statements: { [E in Entity]?: Statements } = {}
  for (const [option, entity] of Object.entries(ENTITY_OF)) {
    const table = tables[option as keyof typeof ENTITY_OF]
    if (table)
      statements[entity] = new Statements(readTable(entity, table, database.indexes(table)), names(table), spelling)
  }
  const unknown = Object.keys(tables).find((option) => option !== 'events' && !Object.hasOwn(ENTITY_OF, option))
  if (unknown !== undefined) {
    throw new ClerkSyncError(
      'config_invalid',
      `drizzleAdapter knows no table "${unknown}": pass ${Object.keys(ENTITY_OF).join(', ')} or events.`,
    )
  }
  const { events } = tables
  return {
    name,
    statements,
    write,
    claimed,
    ledger: events && new Ledger(events, names(events), spelling),
    find: ({ table: { table, all, key } }, value) => database.select(table, all[key] as Column, value),
    async check() {
      const problems: Problem[] = [...(await database.settings())]
      for (const { table: synced, names: of } of Object.values(statements)) {
        problems.push(...checkTable(synced, of, await facts(of.table)))
      }
      if (events) {
        const of = names(events)
        const columns = Object.keys(getTableColumns(events)).map((property) => of.column(property))
        problems.push(...checkLedger(getTableName(events), columns, await facts(of.table)))
      }
      return problems
    },
  }
}
