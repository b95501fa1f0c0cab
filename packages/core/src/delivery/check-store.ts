import { asClerkSyncError, ClerkSyncError } from '../errors.ts'
import type { Mapping, Mappings } from '../mapping/resolve-mapping.ts'
import { databaseTrouble } from '../port/database-trouble.ts'
import type { Entity, Problem, SyncAdapter, Values } from '../port/sync-adapter.ts'
import { within } from './deadline.ts'
import { explainTrouble } from './store-failure.ts'

/** How long a look at the database may take at most, in ms: whoever starts an application waits for it. */
const CHECK_TIMEOUT_MS = 9000

/**
 * Compares the database with what the adapter and the maps will write.
 *
 * @throws ClerkSyncError `store_failed` where the database is away or does not answer.
 */
export async function checkStore(
  adapter: SyncAdapter,
  mappings: Mappings,
  timeoutMs: number,
  linkedColumn?: string,
): Promise<readonly Problem[]> {
  const ofEach = <T>(read: (mapping: Mapping) => T) =>
    Object.fromEntries(Object.entries(mappings).map(([entity, mapping]) => [entity, read(mapping)]))
  const mapped = ofEach(({ columns }) => columns)
  const mappedParts = Object.assign({}, ...Object.values(mappings).map(({ partColumns }) => partColumns))
  const tried = tryMaps(adapter, mappings)
  const samples = ofEach((mapping) => tried.rows.get(mapping))
  const tombstones = ofEach((mapping) => mapping.tombstones())
  try {
    const found = await within(Math.min(timeoutMs, CHECK_TIMEOUT_MS), (deadline) =>
      deadline.race(
        adapter.check({
          mapped,
          mappedParts,
          samples,
          tombstones,
          ...(linkedColumn !== undefined && { linkedBy: { user: linkedColumn } }),
          signal: deadline.signal,
        }),
        (seconds) =>
          new ClerkSyncError(
            'store_failed',
            `check() had no answer from the database within ${seconds} s: it is away, or does not answer. See that the ` +
              'address is right and that it can be reached from here.',
          ),
      ),
    )
    return [...tried.problems, ...found]
  } catch (error) {
    const trouble = adapter.troubleOf?.(error) ?? databaseTrouble(error)
    throw asClerkSyncError(
      error,
      'store_failed',
      trouble
        ? `check() could not look at the database: ${explainTrouble(trouble)}`
        : 'check() could not look at the database, which refused a connection or a question: the cause has its own words. ' +
            'See that it runs, and that the address, the user and the password are right.',
    )
  }
}

/** What the maps give of each value that Clerk sends, and the values that one does not take. */
function tryMaps({ tables }: SyncAdapter, mappings: Mappings) {
  const rows = new Map<Mapping, readonly Values[]>()
  const problems: Problem[] = []
  for (const [entity, mapping] of Object.entries(mappings) as [Entity, Mapping][]) {
    const given = [mapping.sample()]
    for (const { field, value, sample } of mapping.variants) {
      try {
        given.push(sample())
      } catch (error) {
        if (!ClerkSyncError.is(error)) throw error
        const table = tables[entity]?.name ?? entity
        const message = `${table}: Clerk sends ${field} "${value}", and it is answered 500: ${error.message}`
        problems.push({ severity: 'error', table, message })
      }
    }
    rows.set(mapping, given)
  }
  return { rows, problems }
}
