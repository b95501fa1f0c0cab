import { ClerkSyncError } from '@clerk-sync/core'
import {
  type Change,
  type Entity,
  type EventRef,
  NO_VERSION,
  onceWithoutTransaction,
  type Rows,
  type SyncAdapter,
  snakeCase,
} from '@clerk-sync/core/adapter'
import type { SyncedTable, Written } from '@clerk-sync/core/sql'
import { writeBatches } from './batch.ts'
import { isWritten, type SentChange, sentChange } from './change.ts'
import { checkDatabase } from './check.ts'
import { type Client, callerOf, select } from './database.ts'
import { type GivenTable, readTables } from './tables.ts'

const NAME = 'supabase'

/** An adapter without transactions: a hook runs between the write and the mark in the ledger, at least once. */
export function createAdapter(
  client: Client,
  options: Readonly<Record<string, GivenTable | undefined>>,
): SyncAdapter<Rows, never> {
  const { tables, ledger } = readTables(options)
  const call = callerOf(client)
  const byEntity = new Map(tables.map((table): [string, SyncedTable] => [table.entity, table]))

  const tableOf = (entity: Entity): SyncedTable => {
    const table = byEntity.get(entity)
    if (table) return table
    throw new ClerkSyncError('config_invalid', `${NAME} was given no table for ${entity}.`)
  }
  const send = (change: Change): SentChange => sentChange(tableOf(change.entity), change)
  const ledgerName = (): string => {
    if (ledger) return ledger.name
    throw new ClerkSyncError('config_invalid', `${NAME} was given no events table, which hooks need.`)
  }
  const write = (change: Change): Promise<Written> => call('clerk_sync_write', { change: send(change) }, isWritten)

  return {
    name: NAME,
    tables: Object.fromEntries(tables.map((table) => [table.entity, table])),
    ledger: ledger !== undefined,
    upsert: (change) => write(change),
    softDelete: async (change) => ((await write(change)) === 'unchanged' ? 'unchanged' : 'deleted'),

    once: (event, change, hook) =>
      onceWithoutTransaction(event, hook, {
        async write() {
          const args = { ledger: ledgerName(), message: event.id, change: change ? send(change) : null }
          const written = await call('clerk_sync_write_once', args, isWrittenOnce)
          return change?.kind === 'delete' && isWritten(written) && written !== 'unchanged' ? 'deleted' : written
        },
        mark: () => call('clerk_sync_mark', { ledger: ledgerName(), event: ledgerRow(event) }, isBoolean),
      }),

    upsertMany: (changes) => writeBatches(changes, send, call),
    async find(entity, id) {
      const { name, key, deletedAt, clerkVersion } = tableOf(entity)
      const [row] = await select(client, name, key, id)
      return row && { row, deleted: row[deletedAt] !== null, synced: row[clerkVersion] !== NO_VERSION }
    },
    check: () => checkDatabase(call, tables, ledger),
    prune: (before) => call('clerk_sync_prune', { ledger: ledgerName(), before }, isCount),
  }
}

function ledgerRow(event: EventRef): Readonly<Record<string, unknown>> {
  const values = Object.entries({ ...event, processedAt: new Date() })
  return Object.fromEntries(values.map(([property, value]) => [snakeCase(property), value]))
}

function isWrittenOnce(data: unknown): data is Written | 'duplicate' {
  return isWritten(data) || data === 'duplicate'
}

function isBoolean(data: unknown): data is boolean {
  return typeof data === 'boolean'
}

function isCount(data: unknown): data is number {
  return typeof data === 'number'
}
