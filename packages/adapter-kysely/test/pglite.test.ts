import type { Connection, DatabaseCalls, PartShape, Shape } from '@clerk-sync/adapter-testkit'
import { testAnotherDriver } from '@clerk-sync/test-support/another-driver'
import { createdTables } from '@clerk-sync/test-support/kit-tables'
import { PGlite, type QueryOptions } from '@electric-sql/pglite'
import { type PGlite as Client, PGliteDialect } from 'kysely'
import { afterAll, describe, it } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'

for (const versions of ['row', 'beside'] as const) {
  const database = await PGlite.create()
  afterAll(() => database.close())
  const query = async (text: string, values: readonly unknown[] = []) =>
    (await database.query<Record<string, unknown>>(text, [...values])).rows
  const { ofParts, ...tables } = await createdTables('postgres', query, versions)
  const adapter = (shape: Shape | PartShape, { calls }: Connection) =>
    adapterOf(open(new PGliteDialect({ pglite: fallible(database, calls) })), shape, { versions })

  testAnotherDriver({
    name: `kysely:postgres (PGlite)${versions === 'beside' ? ', versions beside' : ''}`,
    runner: { describe, it },
    // One connection in all: the raw one is the adapters' as well.
    capabilities: {
      transactions: 'interactive',
      parallel: false,
      datePrecisionMs: 1,
      isolationLevels: [],
      tombstones: true,
    },
    adapter,
    parts: { ...ofParts, adapter },
    ...tables,
    ...hooks,
  })
}

/**
 * A database whose every statement and every commit passes through the kit's hands. A `begin` that fails does not: PGlite
 * runs in the process, and Kysely's dialect would wait for ever for it.
 */
function fallible(client: PGlite, calls: DatabaseCalls): Client {
  const through = (target: Pick<PGlite, 'query'>): Pick<Client, 'query'> => ({
    query: <T>(text: string, values?: unknown[], options?: QueryOptions) =>
      calls.run(() => target.query<T>(text, values, options)),
  })
  return {
    ...through(client),
    closed: false,
    ready: true,
    waitReady: Promise.resolve(),
    close: async () => {},
    async transaction(body) {
      const bodyDone = Promise.withResolvers<void>()
      const commit = Promise.withResolvers<void>()
      const closed = client.transaction(async (tx) => {
        const result = await body({ ...through(tx), rollback: () => tx.rollback() })
        bodyDone.resolve()
        await commit.promise
        return result
      })
      await Promise.race([bodyDone.promise, closed])
      try {
        return await calls.run(() => {
          commit.resolve()
          return closed
        })
      } catch (error) {
        commit.reject(error)
        await closed.catch(() => {})
        throw error
      }
    },
  }
}
