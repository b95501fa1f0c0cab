import { isClerkId } from '../../port/clerk-id.ts'
import { keptVersion } from '../../port/kept.ts'
import { demandsLive, isKeptDelete } from '../../port/outcomes.ts'
import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import { NO_VERSION, occurredAtOf, orderOf } from '../../port/version.ts'
import { keyOf } from '../beside/beside.ts'
import { BesideTableStatements } from '../beside/beside-statements.ts'
import type { ForeignKeyFacts, ForeignKeys } from '../check/catalogs/foreign-keys.ts'
import { smaller } from '../guarded-write.ts'
import { lostWrite } from '../lost-write.ts'
import { isNamed } from '../names.ts'
import { type Program, send } from '../program.ts'
import { isBeside, type SyncedTable, type VersionsTable } from '../table.ts'
import { TableStatements } from '../table-statements.ts'
import type { TableWriter } from '../table-writer.ts'
import { held, seen } from '../written.ts'
import type { Due, OwnerParts } from './due.ts'

interface RestParts extends OwnerParts {
  readonly versions: VersionsTable
  /** What the foreign key made of the change. */
  readonly refusal: unknown
  readonly signal: AbortSignal
}

/** A foreign key of the change to a row that was removed. */
interface Link extends ForeignKeyFacts {
  readonly property: string
  readonly owner: BesideTableStatements
  readonly id: string
  /** The version that its owner has beside. */
  readonly version: string
}

/**
 * What is left to be written of a change that a foreign key has refused; undefined where it refers to nothing that was
 * removed. It is what the foreign key would have left of the row, had the change come before the removal:
 *
 * - `cascade`: no row, and a tombstone beside; a tombstone that keeps its values loses its row
 * - `set null`, `restrict`, `no action`: NULL in its column; where that is NOT NULL, as `cascade`
 */
export async function restOf(change: Change, writer: TableWriter, parts: RestParts): Promise<Due | undefined> {
  const { foreignKeys } = await parts.dialect.catalog()
  const links = await writer.access.run(() => linksOf(change, writer, parts, foreignKeys), parts.signal)
  if (links.length === 0) return undefined
  const goes = links.filter(({ onDelete, takesNull }) => onDelete === 'cascade' || !takesNull)
  const isGone = goes.length > 0
  const isInRow = !isBeside(writer.table)
  const rest = isGone ? removal(change, goes, isInRow) : withNulls(change, links)
  const write = isGone && isInRow ? () => removeOlder(change, writer, parts) : undefined
  const outcomeOf = (outcome: WriteOutcome) => (isGone && change.kind === 'upsert' ? OUTCOMES[outcome] : outcome)

  /** What was removed stays so until the end of the transaction. */
  function* hold(): Program<void> {
    for (const { owner, id } of links) {
      if (!(yield* removedIn(owner, [id], foreignKeys.shareLock)).has(id)) throw parts.refusal
    }
  }

  function* writing(): Program<WriteOutcome> {
    yield* hold()
    return outcomeOf(yield* write?.() ?? writer.writing(rest))
  }

  const { run, runInTransaction = run } = writer.access
  return {
    change: rest,
    writer: {
      write: (_, signal) => runInTransaction(writing, signal),
      writing,
      inTransaction(_, attempt) {
        const steps = writer.inTransaction(rest, attempt)
        return {
          ...steps,
          *lock() {
            yield* hold()
            yield* steps.lock()
          },
          *write() {
            return outcomeOf(yield* write?.() ?? steps.write())
          },
          ...(write && { lost: nothingLost }),
        }
      },
    },
  }
}

/** What the removal of a row is to the upsert that it stands for. */
const OUTCOMES: Readonly<Record<WriteOutcome, WriteOutcome>> = {
  created: 'created',
  updated: 'updated',
  owner_deleted: 'owner_deleted',
  deleted: 'owner_deleted',
  unchanged: 'already_deleted',
  stale: 'stale',
  already_deleted: 'already_deleted',
}

function* linksOf(
  { values }: Change,
  { table }: TableWriter,
  { dialect, tables, versions }: RestParts,
  foreignKeys: ForeignKeys,
): Program<readonly Link[]> {
  const given = Object.entries(values).filter((entry): entry is [string, string] => isClerkId(entry[1]))
  const ids = [...new Set(given.map(([, id]) => id))]
  const links: Link[] = []
  for (const target of ids.length > 0 ? tables.filter(isBeside) : []) {
    const owner = new BesideTableStatements(target, versions, dialect)
    const removed = yield* removedIn(owner, ids)
    if (removed.size === 0) continue
    for (const key of yield* foreignKeys.between(table.quoted, target.quoted)) {
      const [property, id = ''] = given.find(([name]) => isNamed(table.column(name), key.column)) ?? []
      const version = removed.get(id)
      // What the default would be is not known.
      if (property === undefined || version === undefined || key.onDelete === 'set default') continue
      if (isNamed(owner.key, key.target)) links.push({ ...key, property, owner, id, version })
    }
  }
  return links
}

/**
 * Those ids whose row was written once and is not there any more, and their versions. The version first: it is committed
 * together with its row.
 */
function* removedIn(
  owner: BesideTableStatements,
  ids: readonly string[],
  lock = '',
): Program<ReadonlyMap<string, string>> {
  const statement = owner.versionsOf(ids)
  const { rows } = yield* send({ ...statement, sql: `${statement.sql}${lock}` })
  const removed = new Map(rows.map((row) => [keyOf(row), String(row.clerk_version)]))
  if (removed.size === 0) return removed
  const rowsOf = owner.rowsOf([...removed.keys()])
  // Locked as well: on MySQL a plain select would fix what the transaction sees, before the change waits for its version.
  for (const row of (yield* send({ ...rowsOf, sql: `${rowsOf.sql}${lock}` })).rows) removed.delete(keyOf(row))
  return removed
}

function withNulls(change: Change, links: readonly Link[]): Change {
  return {
    ...change,
    values: { ...change.values, ...Object.fromEntries(links.map(({ property }) => [property, null])) },
  }
}

/** In the row, there is no tombstone without one. */
function removal(change: Change, links: readonly Link[], isInRow: boolean): Change {
  if (isInRow) return change
  const { entity, key, expected } = change
  const keeps = isKeptDelete(change)
  const version = keeps ? keptVersion(NO_VERSION) : change.version
  const times = links.map((link) => occurredAtOf(orderOf(link.version)) || occurredAtOf(change.version))
  const deletedAt = keeps ? change.deletedAt : new Date(Math.min(...times))
  const only = expected === undefined ? {} : { expected }
  return { kind: 'delete', mode: 'remove', entity, key, version, deletedAt, values: {}, ...only }
}

/** A row that is older, or of the version expected, goes, as it would have gone with its owner; its version with it. */
function* removeOlder(change: Change, writer: TableWriter, { dialect }: RestParts): Program<WriteOutcome> {
  const table = writer.table as SyncedTable
  const statements = new TableStatements(table, dialect)
  const look = function* () {
    return seen(yield* send(statements.look(change)), change)
  }
  const { expected } = change
  // What it has many of goes before it, and the look must hold until then.
  if (writer.parts && dialect.lockRow) yield* send(statements.lock(change.key))
  let found = yield* look()
  if (found.found === 'older' || (expected !== undefined && found.found !== 'absent')) {
    const isKept = isKeptDelete(change) && expected === undefined
    const [guard, value] = isKept
      ? [table.deletedAt, change.deletedAt]
      : [table.clerkVersion, expected ?? change.version]
    const [key, incoming] = [dialect.parameter(1), dialect.parameter(2)]
    const isExpected = `${table.column(guard)} = ${incoming}`
    const isLive = demandsLive(change) ? ` and ${table.column(table.deletedAt)} is null` : ''
    const isDue = expected === undefined ? smaller(table.column(guard), incoming) : isExpected + isLive
    const where = `from ${table.quoted} where ${table.column(table.key)} = ${key} and ${isDue}`
    const params = [table.encode(table.key, change.key), table.encode(guard, value)]
    const { parts, partsInBatch } = writer
    if (parts) {
      const due = yield* send({ sql: `select 1 as clerk_due ${where}`, params, returnsRows: true })
      if (due.rows.length > 0) yield* parts.remove([change.key])
    }
    const select = `select ${table.column(table.key)} as clerk_key ${where}${dialect.lockRow}`
    if (partsInBatch) yield* partsInBatch.remove(table, table.key, { sql: select, params }, change)
    else yield* send({ sql: `delete ${where}`, params, returnsRows: false })
    found = yield* look()
  }
  if (found.found === 'absent') return 'deleted'
  const newer = held(change, expected === undefined ? found : { ...found, found: 'newer' })
  if (newer) return newer.outcome
  throw lostWrite(statements, change, found)
}

function* nothingLost(): Program<undefined> {}
