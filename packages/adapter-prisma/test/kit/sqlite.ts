import type { DatabaseCalls } from '@clerk-sync/adapter-testkit'
import { createdTables, type KitTables, type Versions } from '@clerk-sync/test-support/kit-tables'
import { type Query, rawSqlite, type WhenDone } from '@clerk-sync/test-support/raw-connections'
import type { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'

/** A database file with the kit's tables as Prisma would make them, with its dates as text. */
export async function prismaSqlite(
  whenDone: WhenDone,
  journal?: 'WAL' | 'DELETE',
  versions: Versions = 'row',
): Promise<KitTables & { readonly file: string }> {
  const { file, query: raw } = rawSqlite(whenDone, journal)
  const query: Query = (text, values) => raw(text.replace(DATE_COLUMN, '$1 datetime'), values)
  const { read, insert, triggers, linking, ofParts, versions: beside } = await createdTables('sqlite', query, versions)
  const withDates = (rows: Awaited<ReturnType<Query>>) => rows.map((row) => Object.fromEntries(datesOf(row)))
  return {
    file,
    query,
    triggers,
    ofParts,
    linking: { read: async (taglines) => withDates(await linking.read(taglines)) },
    read: async (table, keys) => withDates(await read(table, keys)),
    ...(beside && { versions: { ...beside, read: async (keys) => withDates(await beside.read(keys)) } }),
    insert: (table, row) =>
      insert(
        table,
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, value instanceof Date ? text(value) : value]),
        ),
      ),
  }
}

const DATE_COLUMN = /("\w+_at") integer/g

const text = (date: Date) => date.toISOString().replace('Z', '+00:00')

function datesOf(row: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(row).map(([name, value]) => [
    name,
    /(?:At|End)$/.test(name) && typeof value === 'string' ? new Date(value) : value,
  ])
}

type Factory = Pick<PrismaBetterSqlite3, 'provider' | 'adapterName' | 'connect'>
type Connected = Awaited<ReturnType<Factory['connect']>>
type Open = Awaited<ReturnType<Connected['startTransaction']>>
type DriverQuery = Parameters<Open['executeRaw']>[0]

/**
 * A driver adapter whose every call passes through the kit's hands. It makes its connection by itself, so this stands
 * between it and Prisma.
 */
export function fallible(factory: Factory, calls: DatabaseCalls): Factory {
  const { provider, adapterName } = factory
  return {
    provider,
    adapterName,
    connect: async () => {
      const connected = await factory.connect()
      const startTransaction = async (isolation: Parameters<Connected['startTransaction']>[0]) => {
        let open: Open | undefined
        const start = async () => {
          open = await connected.startTransaction(isolation)
          return open
        }
        return fallibleTransaction(
          await calls.run(start, () => open && rollBack(open).then(open.rollback.bind(open))),
          calls,
        )
      }
      return Object.assign(Object.create(connected), {
        queryRaw: (query: DriverQuery) => calls.run(() => connected.queryRaw(query)),
        executeRaw: (query: DriverQuery) => calls.run(() => connected.executeRaw(query)),
        startTransaction,
        dispose: () => connected.dispose(),
      })
    },
  }
}

function fallibleTransaction(open: Open, calls: DatabaseCalls): Open {
  const executeRaw = async (query: DriverQuery) => {
    try {
      return await calls.run(() => open.executeRaw(query))
    } catch (error) {
      // What SQLite never refuses: where it is not carried out, the connection is gone, and with it the transaction.
      if (query.sql === 'ROLLBACK') await rollBack(open)
      throw error
    }
  }
  return Object.assign(Object.create(open), {
    queryRaw: (query: DriverQuery) => calls.run(() => open.queryRaw(query)),
    executeRaw,
    commit: () => open.commit(),
    rollback: () => open.rollback(),
  })
}

/** Where SQLite has no transaction open, there is nothing to roll back. */
async function rollBack(open: Open): Promise<void> {
  await open.executeRaw({ sql: 'ROLLBACK', args: [], argTypes: [] }).catch(() => {})
}
