import { givenParts, givenTables, type SyncAdapter } from '@clerk-sync/core/adapter'
import { is, type Table } from 'drizzle-orm'
import { Cache } from 'drizzle-orm/cache/core'
import { type AnyTables, type NamedPartTable, type NamedTable, tableOf } from './given-tables.ts'

/** For the transaction of a hook: it reads what is there and not what was, and keeps nothing that may be rolled back. */
export class WritesOnly extends Cache {
  readonly onMutate: Cache['onMutate']

  constructor(cache: Cache) {
    super()
    this.onMutate = (written) => cache.onMutate(written)
  }

  strategy() {
    return 'explicit' as const
  }

  async get() {
    return undefined
  }

  async put() {}
}

/** What is used of a database of any dialect; `getUsedTables` is not in Drizzle's types. */
interface Selects {
  select(): { from(table: Table): { getUsedTables(): string[] } }
}

/**
 * Tells the query cache that the database was given of every write, as Drizzle's own builders do: our statements are raw, and
 * of those it knows no table. Told after the commit, and also of what changed nothing: where the cache fails, the event
 * comes again.
 */
export function withQueryCache(adapter: SyncAdapter, db: object, given: AnyTables): SyncAdapter {
  const cache: unknown = Reflect.get(db, '$cache')
  if (!is(cache, Cache)) return adapter
  // The names that the cache knows them by, which are those of its own queries.
  const namesOf = (table: Table | undefined) => (table ? (db as Selects).select().from(table).getUsedTables() : [])
  const versions = namesOf(given.versions)
  const parts = givenParts<Table | NamedPartTable>(given).flatMap(([, one]) => namesOf(tableOf(one)))
  const names = new Map(
    givenTables<Table | NamedTable>('drizzleAdapter', given, { parts: true }).map(([entity, one]) => {
      const table = tableOf(one)
      const isBeside = adapter.tables[entity]?.versions === 'beside'
      const own = isBeside ? [...namesOf(table), ...versions] : namesOf(table)
      return [entity, entity === 'user' ? [...own, ...parts] : own]
    }),
  )
  const ledger = namesOf(given.events)
  const { batching, tombstones } = adapter
  const invalidating = async <T>(
    written: Promise<T>,
    ...tables: readonly (readonly string[] | undefined)[]
  ): Promise<T> => {
    const result = await written
    await cache.onMutate({ tables: tables.flatMap((one) => one ?? []) })
    return result
  }
  return {
    ...adapter,
    upsert: (change, options) => invalidating(adapter.upsert(change, options), names.get(change.entity)),
    softDelete: (change, options) => invalidating(adapter.softDelete(change, options), names.get(change.entity)),
    once: (event, change, hook, options) =>
      invalidating(adapter.once(event, change, hook, options), change && names.get(change.entity), ledger),
    writeMany: (changes, options) => {
      const entities = new Set(changes.map(({ entity }) => entity))
      return invalidating(adapter.writeMany(changes, options), ...Array.from(entities, (entity) => names.get(entity)))
    },
    ...(batching && {
      batching: {
        ...batching,
        write: (changes, options) =>
          invalidating(batching.write(changes, options), changes[0] && names.get(changes[0].entity)),
      },
    }),
    prune: (before, options) => invalidating(adapter.prune(before, options), ledger),
    ...(tombstones && {
      tombstones: {
        ...tombstones,
        remove: (which, options) => invalidating(tombstones.remove(which, options), names.get(which.entity)),
      },
    }),
  }
}
