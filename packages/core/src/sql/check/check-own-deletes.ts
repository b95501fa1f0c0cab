import type { Problem } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import { unquoted } from '../names.ts'
import { type Program, send } from '../program.ts'
import type { SyncedTable } from '../table.ts'
import type { TableFacts } from './table-facts.ts'

/** Of a large table, its start: rows that were there before the library are the oldest. */
const ROWS_LOOKED_AT = 10_000

/** A column of the application's, in which it notes its own deletes, is taken for the one in which Clerk's are. */
export function* checkOwnDeletes(table: SyncedTable, { columns }: TableFacts): Program<Problem[]> {
  const [version, deletedAt] = [table.column(table.clerkVersion), table.column(table.deletedAt)]
  const isReadable = [version, deletedAt].every((column) => {
    const found = columns.get(unquoted(column))
    return found && !found.denied?.includes('select')
  })
  if (!isReadable) return []
  const start = `select ${deletedAt}, ${version} from ${table.quoted} limit ${ROWS_LOOKED_AT}`
  const { rows } = yield* send({
    sql: `select 1 as found from (${start}) looked_at where ${deletedAt} is not null and ${version} = '${NO_VERSION}' limit 1`,
    params: [],
    returnsRows: true,
  })
  return rows.length > 0 ? [ownDeletes(table.name, unquoted(deletedAt))] : []
}

export function ownDeletes(table: string, column: string): Problem {
  const message =
    `${table}.${column} is set in rows that no event has reached, so it is the application's own: the library takes them ` +
    'for users that Clerk deleted, and an event empties the column. Name another column for deletes by Clerk with the ' +
    "table, { table, deletedAt: '…' }, or give the adapter `versions` and leave the sync columns out of the table."
  return { severity: 'warning', table, column, message }
}
