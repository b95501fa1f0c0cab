import { PART_OF } from '../entities/parts/part-names.ts'
import { givenTables, tableNameOf } from '../port/given-tables.ts'
import { oneByOne } from '../port/newest-first.ts'
import { withRetries } from '../port/retries.ts'
import type {
  Change,
  DeleteOutcome,
  Entity,
  Found,
  Rows,
  TableInfo,
  UpsertOutcome,
  WriteOutcome,
} from '../port/sync-adapter.ts'
import { NO_VERSION } from '../port/version.ts'
import { checkGiven } from './check-given.ts'
import { memoryBatching } from './memory-batching.ts'
import { findBeside, isDueToKept, raise, settle, writeBeside } from './memory-beside.ts'
import { type MemoryColumn, MemoryDatabase, type MemoryTransaction } from './memory-database.ts'
import { findInRow, removeOlder, writeInRow } from './memory-in-row.ts'
import { checkLetters, memoryLetters } from './memory-letters.ts'
import { memoryLinking } from './memory-linking.ts'
import { goneOutcome, restOf } from './memory-owners.ts'
import { memoryParts } from './memory-parts.ts'
import { memoryTombstones } from './memory-tombstones.ts'
import { tableInfo } from './table-info.ts'
import type { MemoryAdapter, MemoryAdapterOptions, MemoryTable, MemoryTables, RowsOf, TablesOf } from './types.ts'

export {
  type MemoryColumn,
  MemoryDatabase,
  type MemoryRow,
  type MemorySchema,
  MemoryTransaction,
} from './memory-database.ts'
export type { MemoryAdapter, MemoryAdapterOptions, MemoryTable, MemoryTables } from './types.ts'

const LEDGER = 'events'
const LETTERS = 'deadLetters'

/**
 * Keeps the tables in memory: the port's executable specification, and a store for tests of your own.
 *
 * Read it to learn what an adapter does: every method is a transaction, and every write is guarded by the version.
 *
 * @example
 * ```ts
 * import { createClerkSync } from '@clerk-sync/core'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const adapter = memoryAdapter({ users: { columns: { email: { unique: true }, imageUrl: {} } } })
 * export const clerkSync = createClerkSync({
 *   adapter,
 *   on: { 'user.created': ({ event, tx }) => tx.insert('workspaces', { ownerId: event.data.id }) },
 * })
 * export const emails = () => adapter.rows('users').map((row) => row.email)
 * ```
 */
export function memoryAdapter<const T extends MemoryTables>(
  tables: T,
  options?: MemoryAdapterOptions,
): MemoryAdapter<RowsOf<T>>
export function memoryAdapter<R extends Rows>(tables: TablesOf<R>, options?: MemoryAdapterOptions): MemoryAdapter<R>
export function memoryAdapter(tables: MemoryTables, options: MemoryAdapterOptions = {}): MemoryAdapter<Rows> {
  checkGiven(tables, options)
  const {
    ledger = true,
    deadLetters = false,
    batching = false,
    database = new MemoryDatabase(memorySchema(tables)),
    call = (run) => run(),
  } = options
  const isBeside = ({ entity }: Pick<Change, 'entity'>) => tables[tableNameOf(entity)]?.versions === 'beside'
  const write = (tx: MemoryTransaction, given: Change): WriteOutcome => {
    const { change, isGone } = restOf(tx, given, isBeside(given))
    if (isBeside(given)) return isGone ? goneOutcome(given, writeBeside(tx, change)) : writeBeside(tx, change)
    return isGone ? goneOutcome(given, removeOlder(tx, change)) : writeInRow(tx, change)
  }
  const found = (tx: MemoryTransaction, entity: Entity, key: string): Found | undefined =>
    (isBeside({ entity }) ? findBeside : findInRow)(tx, tableNameOf(entity), key)
  const statement = <T>(run: (tx: MemoryTransaction) => T): Promise<T> => call(() => database.transaction(run))

  const parts = memoryParts(tables, statement)
  return {
    name: 'memory',
    tables: tableInfos(tables),
    ...(parts && { parts }),
    ledger,

    upsert: (change) => statement((tx) => write(tx, change)) as Promise<UpsertOutcome>,

    softDelete: (change) => statement((tx) => write(tx, change)) as Promise<DeleteOutcome>,

    once(event, change, hook, { before: wantsBefore = false } = {}) {
      const attempt = async (tx: MemoryTransaction): Promise<WriteOutcome | 'duplicate'> => {
        const claimed = await call(async () => claim(tx, event))
        if (!claimed) return 'duplicate'
        if (deadLetters) await call(async () => tx.delete(LETTERS, event.id))
        const before = wantsBefore && change ? tx.get(tableNameOf(change.entity), change.key) : undefined
        const rest = change && isBeside(change) ? restOf(tx, change, true).change : undefined
        if (change && rest?.kind === 'delete' && rest.mode === 'remove' && !isDueToKept(tx, rest)) {
          const { taken, outcome: raised } = await call(async () => raise(tx, rest))
          const outcome = goneOutcome(change, raised)
          // While what refers to the row is still there.
          await hook(tx, outcome, before)
          if (taken) await call(async () => settle(tx, rest))
          return outcome
        }
        const outcome = change ? await call(async () => write(tx, change)) : 'unchanged'
        await hook(tx, outcome, before)
        return outcome
      }
      return withRetries(() => database.transaction(attempt, call))
    },

    writeMany: (changes) => oneByOne(changes, (change) => statement((tx) => write(tx, change))),

    find: (entity, key) => statement((tx) => found(tx, entity, key)),

    scan: (entity, { keys, after = '', limit }) =>
      statement((tx) => {
        const all = () => tx.rows(tableNameOf(entity)).map(({ id }) => String(id))
        const page =
          keys ??
          all()
            .filter((key) => key > after)
            .sort()
            .slice(0, limit)
        return page.flatMap((key) => {
          const there = found(tx, entity, key)
          return there ? [{ key, ...there }] : []
        })
      }),

    ...(deadLetters && {
      deadLetters: memoryLetters(statement, LETTERS, (tx, id) => tx.get(LEDGER, id) !== undefined),
    }),

    ...(batching && { batching: memoryBatching(tables, statement, write) }),

    linking: memoryLinking(statement),
    tombstones: memoryTombstones(statement, isBeside),

    check: () => (deadLetters ? statement((tx) => checkLetters(tx, LETTERS)) : Promise.resolve([])),

    prune: (before) =>
      statement((tx) => {
        const old = tx.rows(LEDGER).filter((row) => before > (row.processedAt as Date))
        for (const row of old) tx.delete(LEDGER, row.id as string)
        return old.length
      }),

    countEvents: (before) =>
      statement((tx) => tx.rows(LEDGER).filter((row) => before > (row.processedAt as Date)).length),

    rows: (table: string) => database.rows(table) as never,
  }
}

/** False when the message was claimed before: by a transaction that has ended, since they run one at a time. */
function claim(tx: MemoryTransaction, event: { readonly id: string }): boolean {
  if (tx.get(LEDGER, event.id)) return false
  tx.insert(LEDGER, { ...event, processedAt: new Date() })
  return true
}

/**
 * The constraints of a database that several adapters share.
 *
 * @example
 * ```ts
 * import { MemoryDatabase, memoryAdapter, memorySchema } from '@clerk-sync/core/memory'
 *
 * const tables = { users: { columns: { email: { unique: true } } } }
 * const database = new MemoryDatabase(memorySchema(tables))
 *
 * // Two processes on one database.
 * export const adapters = [memoryAdapter(tables, { database }), memoryAdapter(tables, { database })]
 * ```
 */
export function memorySchema(tables: MemoryTables): Record<string, Readonly<Record<string, MemoryColumn>>> {
  const partColumns = { userId: { required: true }, clerkId: { required: true } }
  const syncColumns = { clerkVersion: { required: true, default: NO_VERSION }, deletedAt: {} }
  return Object.fromEntries(
    Object.entries<MemoryTable>(tables).map(([name, { columns, versions }]) => [
      name,
      { ...columns, ...(Object.hasOwn(PART_OF, name) ? partColumns : versions !== 'beside' && syncColumns) },
    ]),
  )
}

function tableInfos(tables: MemoryTables): Readonly<Record<string, TableInfo>> {
  const entries = givenTables<MemoryTable>('memoryAdapter', tables, { parts: true }).map(([entity, table]) => {
    const { columns, versions } = table
    return [entity, { ...tableInfo(tableNameOf(entity), columns), ...(versions && { versions }) }]
  })
  return Object.fromEntries(entries)
}
