import { ClerkSyncError } from '@clerk-sync/core'
import type { Entity, SyncAdapter } from '@clerk-sync/core/adapter'
import { createSqlAdapter, type Dialect, mysql, postgres } from '@clerk-sync/core/sql'
import { type AnyClient, type ClientFacts, type Delegate, readClient } from './client.ts'
import { ledgerTable, syncedTable } from './models.ts'
import { accessTo, type TransactionalClient, type TransactionOptions } from './runner.ts'
import { sqliteThroughPrisma } from './sqlite.ts'
import type { NothingElse, RowsOf, StoredRowsOf, SyncedModels, TransactionOf } from './types.ts'

export interface AdapterOptions {
  /** How long the transactions of hooks, and on SQLite all writes, may wait and last. */
  readonly transaction?: TransactionOptions
}

const ENTITIES: readonly Entity[] = ['user', 'organization', 'organizationMembership', 'session']

const DIALECTS: Readonly<Record<ClientFacts['database'], Dialect>> = {
  postgres,
  mysql,
  sqlite: sqliteThroughPrisma,
}

/**
 * Syncs into the models of a Prisma schema, on PostgreSQL, MySQL, MariaDB or SQLite.
 *
 * Each model has the Clerk id in `id` (`@id`) or `clerkId` (`@unique`), `clerkVersion String @default("0")` and
 * `deletedAt DateTime?`. The options name the models as the client has them: `prisma.user` is `'user'`. `event` is the
 * ledger, which hooks need. An event without a hook is one statement, and a look at the row where that
 * does not tell what became of it; on SQLite, a transaction.
 *
 * @throws ClerkSyncError `config_invalid` for a model that cannot be synced, or a client whose engine or driver adapter
 * is not known.
 */
export function prismaAdapter<C extends AnyClient, const M extends SyncedModels<C>>(
  prisma: C,
  models: M & NothingElse<M>,
  options: AdapterOptions = {},
): SyncAdapter<RowsOf<C, M>, TransactionOf<C>, unknown, StoredRowsOf<C, M>> {
  const facts = readClient(prisma)
  const given = Object.entries<string | undefined>({ ...models })
  const unknown = given.find(([option]) => option !== 'event' && !ENTITIES.some((entity) => entity === option))
  if (unknown) {
    throw new ClerkSyncError(
      'config_invalid',
      `prismaAdapter knows no entity "${unknown[0]}": pass ${ENTITIES.join(', ')} or event.`,
    )
  }
  const modelOf = new Map(given)
  const events = modelOf.get('event')
  const { runner, read } = accessTo<TransactionOf<C>>(
    prisma as TransactionalClient<TransactionOf<C>>,
    facts.database,
    options.transaction ?? {},
  )
  return createSqlAdapter(
    {
      name: `prisma:${facts.database}`,
      dialect: DIALECTS[facts.database],
      tables: ENTITIES.flatMap((entity) => {
        const name = modelOf.get(entity)
        return name === undefined ? [] : [syncedTable(entity, name, facts)]
      }),
      ledger: events === undefined ? undefined : ledgerTable(events, facts),
      find: ({ entity, key, deletedAt }, id) =>
        read((on) => {
          const delegate: Delegate = Reflect.get(on, modelOf.get(entity) ?? '')
          // Also where the client is told to leave these fields out.
          return delegate.findMany({ where: { [key]: id }, omit: { [key]: false, [deletedAt]: false } })
        }),
    },
    runner,
  )
}
