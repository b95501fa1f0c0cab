import { ClerkSyncError } from '@clerk-sync/core'
import {
  checkOptions,
  columnNames,
  type GivenTables,
  givenParts,
  givenTables,
  prop,
  type Rows,
  type SyncAdapter,
  type WithLedger,
} from '@clerk-sync/core/adapter'
import {
  createSqlAdapter,
  type Dialect,
  type DialectName,
  isInRow,
  isPart,
  type KeyedTable,
  mysql,
  type PartTable,
  postgres,
} from '@clerk-sync/core/sql'
import type { CheckedModels } from './checked-models.ts'
import { type AnyClient, type Delegate, readClient } from './client.ts'
import { prismaFault, prismaRefusal, prismaTrouble } from './fault.ts'
import { ledgerTable, lettersTable, versionsTable } from './own-tables.ts'
import { namedPart, partTable } from './part-table.ts'
import { sqliteThroughPrisma } from './sqlite-dialect.ts'
import { syncedTable } from './synced-table.ts'
import { accessTo } from './transaction.ts'
import type { PrismaTransactionOptions } from './transactional-client.ts'
import type { AnyModels, NamedModel, NamedPartModel, RowsOf, StoredRowsOf, TransactionOf } from './types.ts'
import type { ExtensibleClient } from './watched-transaction.ts'

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
 * `deletedAt DateTime?`. Fields of other names are given with the model: `{ model: 'user', key: 'authId', version:
 * 'syncVersion', deletedAt: 'clerkDeletedAt' }`. Or it is left as it is, and `versions` is given as well, the model `ClerkVersion` of the README:
 * deletes then remove the rows. Models go by their names on the client: `prisma.user` is `'user'`. `events` is the ledger,
 * which hooks need. An event without a hook is one statement, and a read of the row where it does not show what became of
 * it; on SQLite, each in a transaction.
 *
 * @throws ClerkSyncError `config_invalid` for a model that cannot be synced, or a client whose engine or driver adapter
 * is not known.
 *
 * @example
 * ```ts
 * import { prismaAdapter } from '@clerk-sync/adapter-prisma'
 * import { createClerkSync } from '@clerk-sync/core'
 * import { PrismaPg } from '@prisma/adapter-pg'
 * import { PrismaClient } from './generated/prisma/client'
 *
 * const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env['DATABASE_URL'] }) })
 *
 * export const clerkSync = createClerkSync({
 *   adapter: prismaAdapter(prisma, { users: 'user' }),
 *   map: {
 *     user: (_user, record) => ({ email: record.email ?? `${record.id}@no-email.invalid` }),
 *     deletedUser: ({ id }) => ({ email: `${id}@deleted.invalid` }),
 *   },
 * })
 * ```
 */
export function prismaAdapter<C extends AnyClient, const M extends AnyModels<C>>(
  prisma: C,
  models: M & CheckedModels<C, M>,
  options?: PrismaAdapterOptions,
): SyncAdapter<RowsOf<C, M>, WithLedger<M, TransactionOf<C>>, unknown, StoredRowsOf<C, M>>
export function prismaAdapter<C extends AnyClient>(
  prisma: C,
  models: GivenTables<string | NamedModel, string, string, string, string | NamedPartModel>,
  options: PrismaAdapterOptions = {},
): SyncAdapter {
  const facts = readClient(prisma)
  checkTransaction(options)
  const given = new Map(
    givenTables<string | NamedModel>('prismaAdapter', models, { parts: true }).map(([entity, one]) => [
      entity,
      named(entity, one),
    ]),
  )
  const parts = new Map(givenParts<string | NamedPartModel>(models).map(([part, one]) => [part, namedPart(part, one)]))
  const hasVersions = models.versions !== undefined
  /** Also where the client omits these fields. */
  const visible = (table: KeyedTable | PartTable) => {
    const fields = isPart(table)
      ? [table.owner, table.key, ...Object.keys(table.columns)]
      : [table.key, ...(isInRow(table) ? [table.deletedAt, table.clerkVersion] : [])]
    return Object.fromEntries(fields.map((field): [string, false] => [field, false]))
  }
  const delegate = (on: object, table: KeyedTable | PartTable) =>
    delegateOf(on, (isPart(table) ? parts.get(table.part) : given.get(table.entity))?.model ?? '')
  const { runner, read } = accessTo<TransactionOf<C>>(
    prisma as unknown as ExtensibleClient<TransactionOf<C>>,
    facts.database,
    options.transaction ?? {},
  )
  return createSqlAdapter<Rows, TransactionOf<C>, unknown, Rows>(
    {
      name: `prisma:${facts.database}`,
      faultOf: prismaFault,
      refusalOf: prismaRefusal,
      troubleOf: prismaTrouble,
      dialect: DIALECTS[facts.database],
      batching: true,
      problems: facts.problems,
      tables: Array.from(given, ([entity, { model, ...names }]) =>
        syncedTable(entity, model, facts, hasVersions, names),
      ),
      partTables: Array.from(parts, ([part, { model, ...names }]) => partTable(part, model, facts, names)),
      versions: models.versions === undefined ? undefined : versionsTable(models.versions, facts),
      ledger: models.events === undefined ? undefined : ledgerTable(models.events, facts),
      deadLetters: models.deadLetters === undefined ? undefined : lettersTable(models.deadLetters, facts),
      find: (table, id, tx) => {
        const query = async (on: object) => {
          const args = { where: { [table.key]: id }, omit: visible(table) } as const
          const rows = await delegate(on, table).findMany(args)
          // An extension may hide deleted rows, and a tombstone is not the absence of a row.
          if (rows.length > 0 || !isExtended(prisma)) return rows
          return delegate(unextended(on), table).findMany(args)
        }
        return tx ? query(tx as object) : read(query)
      },
      select(table, rows) {
        const { key } = table
        const selected = rows.values
          ? { where: { [rows.column]: { in: [...rows.values] } } }
          : { where: { [key]: { gt: rows.after } }, orderBy: { [key]: 'asc' } as const, take: rows.limit }
        return read((on) => delegate(unextended(on), table).findMany({ ...selected, omit: visible(table) }))
      },
    },
    runner,
  )
}

/** @throws ClerkSyncError `config_invalid` for options that are none. */
function named(entity: string, given: string | NamedModel): NamedModel {
  return typeof given === 'object'
    ? { model: given.model, ...columnNames(`The model for ${entity}`, 'model', given) }
    : { model: given }
}

function delegateOf(client: object, model: string): Delegate {
  return Reflect.get(client, model)
}

/**
 * The client that the extensions are on top of: that of the same transaction, where it is one's. `_originalClient` is
 * outside of it, so that its query would take a second connection, and see another state.
 */
function unextended(client: object): object {
  let current = client
  while (isExtended(current)) {
    const parent = prop(current, '_appliedParent')
    if (typeof parent !== 'object' || parent === null || parent === current) break
    current = parent
  }
  return current
}

function isExtended(client: object): boolean {
  const extensions = prop(client, '_extensions')
  return typeof prop(extensions, 'isEmpty') === 'function' && !(extensions as { isEmpty(): boolean }).isEmpty()
}

const TRANSACTION_ALIASES = { maxWaitMs: 'maxWait', timeoutMs: 'timeout' }

function checkTransaction(options: PrismaAdapterOptions): void {
  checkOptions('prismaAdapter', options, ['transaction'], { timeout: 'transaction', transactionOptions: 'transaction' })
  const { transaction } = options
  if (transaction === undefined) return
  checkOptions("prismaAdapter's transaction", transaction, ['maxWait', 'timeout'], TRANSACTION_ALIASES)
  for (const [name, ms] of Object.entries(transaction)) {
    if (ms === undefined || (Number.isSafeInteger(ms) && ms > 0)) continue
    throw new ClerkSyncError(
      'config_invalid',
      `prismaAdapter: transaction.${name} must be a positive whole number of milliseconds.`,
    )
  }
}
