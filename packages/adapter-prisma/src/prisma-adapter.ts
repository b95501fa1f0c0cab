import { type GivenTables, givenTables, type Rows, type SyncAdapter, type WithLedger } from '@clerk-sync/core/adapter'
import { createSqlAdapter, type Dialect, type DialectName, mysql, postgres } from '@clerk-sync/core/sql'
import { type AnyClient, type Delegate, readClient } from './client.ts'
import { prismaFault } from './fault.ts'
import { sqliteThroughPrisma } from './sqlite-dialect.ts'
import { ledgerTable, syncedTable } from './synced-table.ts'
import { accessTo, type PrismaTransactionOptions, type TransactionalClient } from './transaction.ts'
import type { AnyModels, CheckedModels, RowsOf, StoredRowsOf, TransactionOf } from './types.ts'

export interface PrismaAdapterOptions {
  /** How long the transactions of hooks, and on SQLite all writes, may wait and last. */
  readonly transaction?: PrismaTransactionOptions
}

const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  postgres,
  mysql,
  sqlite: sqliteThroughPrisma,
}

/**
 * Syncs into the models of a Prisma schema, on PostgreSQL, MySQL, MariaDB or SQLite.
 *
 * Each model has the Clerk id in `id` (`@id`) or `clerkId` (`@unique`), `clerkVersion String @default("0")` and
 * `deletedAt DateTime?`. Models go by their names on the client: `prisma.user` is `'user'`. `events` is the ledger, which
 * hooks need. An event without a hook is one statement, and a read of the row where it does not show what
 * became of it; on SQLite, a transaction.
 *
 * @throws ClerkSyncError `config_invalid` for a model that cannot be synced, or a client whose engine or driver adapter
 * is not known.
 */
export function prismaAdapter<C extends AnyClient, const M extends AnyModels<C>>(
  prisma: C,
  models: M & CheckedModels<C, M>,
  options?: PrismaAdapterOptions,
): SyncAdapter<RowsOf<C, M>, WithLedger<M, TransactionOf<C>>, unknown, StoredRowsOf<C, M>>
export function prismaAdapter<C extends AnyClient>(
  prisma: C,
  models: GivenTables<string, string>,
  options: PrismaAdapterOptions = {},
): SyncAdapter {
  const facts = readClient(prisma)
  const modelOf = new Map(givenTables<string>('prismaAdapter', models))
  const { runner, read } = accessTo<TransactionOf<C>>(
    prisma as TransactionalClient<TransactionOf<C>>,
    facts.database,
    options.transaction ?? {},
  )
  return createSqlAdapter<Rows, TransactionOf<C>, unknown, Rows>(
    {
      name: `prisma:${facts.database}`,
      faultOf: prismaFault,
      dialect: DIALECTS[facts.database],
      tables: Array.from(modelOf, ([entity, name]) => syncedTable(entity, name, facts)),
      ledger: models.events === undefined ? undefined : ledgerTable(models.events, facts),
      find: ({ entity, key, deletedAt }, id) =>
        read((on) => {
          const delegate: Delegate = Reflect.get(on, modelOf.get(entity) ?? '')
          // Also where the client omits these fields.
          return delegate.findMany({ where: { [key]: id }, omit: { [key]: false, [deletedAt]: false } })
        }),
    },
    runner,
  )
}
