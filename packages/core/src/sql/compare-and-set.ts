import { overDiscovered, type Replacement } from '../port/discovered.ts'
import { demandsLive, isKeptDelete } from '../port/outcomes.ts'
import type { Change } from '../port/sync-adapter.ts'
import type { Dialect } from './dialects/dialect.ts'
import { lostWrite } from './lost-write.ts'
import { type Program, type Statement, send } from './program.ts'
import { encoded, type TableStatements } from './table-statements.ts'
import { held, type Seen, taken, type Written } from './written.ts'

/** What replaces a version by compare-and-set. */
interface ReplacedVersion extends Replacement {
  readonly expected: string
  /** Only where there is no tombstone. */
  readonly live?: boolean
}

interface StoredVersion {
  readonly version: string
  readonly deleted: boolean
}

/** Sends what replaces a row's version, if it does: what became of it is looked at. */
export type Replacing = (
  statement: Statement,
  replaced: Pick<ReplacedVersion, 'expected' | 'version'>,
) => Program<unknown>

/** Writes a row of exactly this version, and of no other. */
export function* compareAndSet(
  statements: TableStatements,
  dialect: Dialect,
  change: Change,
  expected: string,
  replacing: Replacing,
): Program<Written> {
  const { version } = change
  const replaced = {
    expected,
    version,
    deletedAt: change.kind === 'delete' ? change.deletedAt : null,
    values: !isKeptDelete(change),
    live: demandsLive(change),
  }
  yield* replacing(replace(statements, dialect, change, replaced), replaced)
  const found = yield* storedVersion(statements, change.key)
  if (found?.version === version) return taken(change, false, false)
  const isUntouched = found?.version === expected && !(demandsLive(change) && found.deleted)
  if (isUntouched) throw lostWrite(statements, change, { found: 'older', deleted: found.deleted })
  const other: Seen = { found: 'newer', deleted: found?.deleted ?? false }
  return held(change, other) as Written
}

/** What the tombstone of a discovered delete has held back, and should not have; undefined where it holds. */
export function* replaceDiscovered(
  statements: TableStatements,
  dialect: Dialect,
  change: Change,
  replacing: Replacing,
): Program<Written | undefined> {
  const found = yield* storedVersion(statements, change.key)
  if (!found) return undefined
  for (const replacement of overDiscovered(change, found.version)) {
    const replaced = { ...replacement, expected: found.version }
    yield* replacing(replace(statements, dialect, change, replaced), replaced)
    const after = yield* storedVersion(statements, change.key)
    if (after?.version === replacement.version) return taken(change, false, after.deleted, replacement.values)
    // Another one was first: its own look has seen to what this one brings, or it is newer.
    if (after?.version !== found.version) return yield* replaceDiscovered(statements, dialect, change, replacing)
  }
  return undefined
}

function* storedVersion(statements: TableStatements, key: string): Program<StoredVersion | undefined> {
  const { rows } = yield* send(statements.versions([key]))
  const row = rows.find(({ clerk_key }) => String(clerk_key).trimEnd() === key)
  return row && { version: String(row.clerk_version).trimEnd(), deleted: Number(row.clerk_deleted) === 1 }
}

function replace({ table }: TableStatements, dialect: Dialect, change: Change, replaced: ReplacedVersion): Statement {
  const { expected, version, deletedAt, values, deletedBefore, live } = replaced
  const params: unknown[] = []
  const parameter = (property: string, value: unknown) => {
    params.push(...encoded(table, dialect, property, value))
    return dialect.parameter(params.length)
  }
  const written = { ...(values && change.values), [table.clerkVersion]: version, [table.deletedAt]: deletedAt }
  const set = Object.entries(written)
    .filter(([, value]) => value !== undefined)
    .map(([property, value]) => `${table.column(property)} = ${parameter(property, value)}`)
  const [key, stored, deleted] = [table.key, table.clerkVersion, table.deletedAt].map((one) => table.column(one))
  const where = [
    `${key} = ${parameter(table.key, change.key)}`,
    `${stored} = ${parameter(table.clerkVersion, expected)}`,
  ]
  if (deletedBefore) where.push(`${deleted} < ${parameter(table.deletedAt, deletedBefore)}`)
  if (live) where.push(`${deleted} is null`)
  const sql = `update ${table.quoted} set ${set.join(', ')} where ${where.join(' and ')}`
  return { sql, params, returnsRows: false }
}
