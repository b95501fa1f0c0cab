import { ClerkSyncError } from '../errors.ts'
import { checkOptions } from '../port/check-options.ts'
import { givenParts, givenTables } from '../port/given-tables.ts'
import { MemoryDatabase } from './memory-database.ts'
import type { MemoryAdapterOptions, MemoryTables } from './types.ts'

/** What the compiler refuses, for those who have none. */
export function checkGiven(tables: MemoryTables, options: MemoryAdapterOptions): void {
  const own = givenTables<unknown>('memoryAdapter', tables, { parts: true }).map(
    ([entity, table]) => [entity, table, ['columns', 'versions']] as const,
  )
  const parts = givenParts<unknown>(tables).map(([part, table]) => [part, table, ['columns']] as const)
  for (const [entity, table, known] of [...own, ...parts]) {
    checkOptions(`memoryAdapter's table for ${entity}`, table, known)
    const { columns, versions } = table as { readonly columns: unknown; readonly versions?: unknown }
    if (versions !== undefined && versions !== 'row' && versions !== 'beside') {
      throw refuse(`the table for ${entity} has its versions in the 'row' (default) or 'beside' it.`)
    }
    if (typeof columns !== 'object' || columns === null || Array.isArray(columns)) {
      throw refuse(`the table for ${entity} takes its columns: { columns: { email: {}, imageUrl: {} } }.`)
    }
    for (const [column, constraints] of Object.entries(columns)) {
      checkOptions(`memoryAdapter's column ${column}`, constraints, ['required', 'default', 'unique', 'references'], {
        notNull: 'required',
      })
    }
  }
  checkOptions('memoryAdapter', options, ['ledger', 'deadLetters', 'batching', 'database', 'call'], {
    events: 'ledger',
    batch: 'batching',
  })
  const { ledger, deadLetters, batching, database, call }: { readonly [Name in keyof MemoryAdapterOptions]?: unknown } =
    options
  if (ledger !== undefined && typeof ledger !== 'boolean') throw refuse('ledger is true (default) or false.')
  for (const [name, given] of Object.entries({ deadLetters, batching })) {
    if (given !== undefined && typeof given !== 'boolean') throw refuse(`${name} is true or false (default).`)
  }
  if (database !== undefined && !(database instanceof MemoryDatabase)) {
    throw refuse('database must be a MemoryDatabase: new MemoryDatabase(memorySchema(tables)).')
  }
  if (call !== undefined && typeof call !== 'function') {
    throw refuse('call must be a function that runs the statement it is given: (statement) => statement().')
  }
}

function refuse(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', `memoryAdapter: ${message}`)
}
