import { storeFailure } from './delivery/store-failure.ts'
import { ClerkSyncError, chainOf, type ErrorCode } from './errors.ts'
import { nearest } from './port/check-options.ts'
import { prop } from './port/prop.ts'
import { refusalOf } from './port/refusal.ts'
import type { DeleteMode, Entity, SyncAdapter } from './port/sync-adapter.ts'
import type { TableInfo } from './port/table-info.ts'
import type { TombstoneStore } from './port/tombstone-store.ts'

/** Deleted rows of one table that the database did not let go. */
export interface PruneFailure {
  readonly entity: Entity
  readonly table: string
  readonly rows: number
  /** Of the first of them: `reference_held` where a foreign key of another table still refers to it. */
  readonly error: ClerkSyncError
}

/** What deletes do, per entity. */
export type PrunedMappings = { readonly [E in Entity]?: { readonly mode: DeleteMode } }

export interface TombstoneRun {
  readonly before: Date
  readonly dryRun: boolean
  readonly signal: AbortSignal | undefined
  /** Of some tombstones at a time. */
  readonly onRemoved: (entity: Entity, tombstones: number) => void
}

/** Rows of the others refer to theirs. */
const OWNERS: readonly Entity[] = ['organization', 'user']
const AT_ONCE = 500
/** What to do about a prune that failed. */
export const NEXT = 'If the role may not delete there, grant it, and run it again.'
/** What one row is at fault for. */
const OF_A_ROW: ReadonlySet<ErrorCode> = new Set(['reference_held', 'value_refused', 'unique_conflict'])
/** PostgreSQL's query_canceled, and its like of MariaDB: a limit of the database on a statement's time. */
const TOO_SLOW: ReadonlySet<unknown> = new Set(['57014', 'ER_STATEMENT_TIMEOUT', 1969])

/**
 * The entities whose tombstones go: those that are kept beside their table, and the deleted rows that are asked for. What
 * refers to others comes first, since a foreign key may forbid that they go.
 *
 * @throws ClerkSyncError `config_invalid` for what is no list of entities that have a table, and for one whose erased or kept rows
 * do not say themselves that they are deleted.
 */
export function prunedEntities(
  { name, tables, tombstones }: SyncAdapter,
  deletedRows: unknown,
  mappings: PrunedMappings,
): readonly Entity[] {
  const given = Object.keys(tables)
  if (deletedRows !== undefined && !Array.isArray(deletedRows)) {
    throw invalid("deletedRows is a list of entities, such as ['user'].")
  }
  const named: readonly unknown[] = deletedRows ?? []
  for (const entity of named) {
    if (given.includes(String(entity))) {
      demandRemovable(entity as Entity, tables[entity as Entity], mappings)
      continue
    }
    const meant = nearest(String(entity), given)
    const could = meant ? `did you mean "${meant}"?` : `It could be: ${given.join(', ') || 'none'}.`
    throw invalid(`deletedRows: ${name} was given no table for ${JSON.stringify(entity)}: ${could}`)
  }
  if (!tombstones) {
    if (named.length === 0) return []
    throw invalid(`${name} cannot remove deleted rows: leave deletedRows out, or remove them with a query of your own.`)
  }
  return (given as Entity[])
    .filter((entity) => tables[entity]?.versions === 'beside' || named.includes(entity))
    .sort((one, other) => OWNERS.indexOf(one) - OWNERS.indexOf(other))
}

/** An erased or kept row whose version is beside it is for the application to delete: nothing in it says that it is deleted. */
function demandRemovable(entity: Entity, table: TableInfo | undefined, mappings: PrunedMappings): void {
  const { mode = 'remove' } = mappings[entity] ?? {}
  if (table?.versions !== 'beside' || mode === 'remove') return
  throw invalid(
    `deletedRows: ${table.name} has its versions beside it, and with '${mode}' a deleted row stays in it until you delete it. Delete the ` +
      `row yourself, the next prune takes its tombstone; and leave ${JSON.stringify(entity)} out.`,
  )
}

/** Removes the old tombstones of an entity, some at a time; gives what the database did not let go. */
export async function pruneTombstones(
  adapter: SyncAdapter,
  store: TombstoneStore,
  entity: Entity,
  { before, dryRun, signal, onRemoved }: TombstoneRun,
): Promise<PruneFailure | undefined> {
  const table = adapter.tables[entity]?.name ?? entity
  const kept = new Set<string>()
  let firstError: ClerkSyncError | undefined
  let removed = 0
  // Fewer, once that many took too long: a foreign key without an index has its table read for each row that goes.
  let most = AT_ONCE

  async function find(after: string | undefined): Promise<readonly string[]> {
    try {
      return await store.find({ entity, before, after, limit: AT_ONCE }, { ...(signal && { signal }) })
    } catch (error) {
      throw storeFailure(adapter, error, `The tombstones of ${table} were not read`, 'Trying again may help.')
    }
  }

  async function remove(keys: readonly string[]): Promise<void> {
    const [key] = keys
    if (signal?.aborted || key === undefined) return
    if (keys.length > most) return removeHalves(keys)
    try {
      removed += await store.remove({ entity, before, keys })
    } catch (thrown) {
      const error = whyKept(adapter, entity, table, keys, thrown)
      const isSlow = tookTooLong(thrown)
      const isOfRow = OF_A_ROW.has(error.code)
      if (!isOfRow && !(isSlow && keys.length > 1)) throw error
      if (keys.length > 1) {
        if (isSlow) most = keys.length >> 1
        await removeHalves(keys)
      } else {
        kept.add(key)
        firstError ??= error
      }
    }
  }

  async function removeHalves(keys: readonly string[]): Promise<void> {
    const middle = keys.length >> 1
    await remove(keys.slice(0, middle))
    await remove(keys.slice(middle))
  }

  for (let after: string | undefined; !signal?.aborted; ) {
    const keys = await find(after)
    if (keys.length === 0) break
    const keptBefore = kept.size
    removed = dryRun ? keys.length : 0
    if (!dryRun) await remove(keys)
    if (kept.size > keptBefore) {
      // A database may tell that it refuses before it has let go of the rows: those that were passed over have another try.
      const left = await find(after)
      await remove(left.filter((key) => keys.includes(key) && !kept.has(key)))
    }
    onRemoved(entity, removed)
    after = keys.at(-1)
    // A driver that answers at once would let neither deliveries nor the signal have their time.
    await new Promise((resolve) => setTimeout(resolve))
  }
  return firstError && { entity, table, rows: kept.size, error: firstError }
}

function tookTooLong(thrown: unknown): boolean {
  return [...chainOf(thrown)].some(
    (link) =>
      prop(link, 'name') === 'TimeoutError' || TOO_SLOW.has(prop(link, 'code')) || TOO_SLOW.has(prop(link, 'errno')),
  )
}

function whyKept(
  adapter: SyncAdapter,
  entity: Entity,
  table: string,
  keys: readonly string[],
  thrown: unknown,
): ClerkSyncError {
  const [key = ''] = keys
  const rows = keys.length > 1 ? `up to ${keys.length} deleted rows, from ${key} on` : `the deleted row of ${key}`
  const removal = {
    kind: 'delete',
    mode: 'remove',
    entity,
    key,
    version: '',
    deletedAt: new Date(0),
    values: {},
  } as const
  const failure = storeFailure(adapter, thrown, `${table} keeps ${rows}`, NEXT, removal)
  if (failure.code !== 'reference_held') return failure
  const refusal = adapter.refusalOf?.(thrown) ?? refusalOf(thrown)
  const which = refusal?.rule === 'reference' ? `the foreign key ${refusal.name}` : 'a foreign key'
  return new ClerkSyncError(
    'reference_held',
    `${table} keeps ${rows}: ${which} of another table still refers to it, and forbids its removal. ` +
      'Remove what refers to it, or declare the key on delete cascade or set null, and prune again.',
    { cause: thrown },
  )
}

function invalid(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', `prune: ${message}`)
}
