import {
  comparedTime,
  type FoundBeside,
  isOfSnapshot,
  type KeepingWrite,
  keepingOutcome,
  keepingWrite,
} from '../../port/kept.ts'
import { isKeptDelete } from '../../port/outcomes.ts'
import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import type { Lost } from '../deferred-triggers.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { type Program, type Statement, send } from '../program.ts'
import { ROUNDING_MS } from '../table-statements.ts'
import type { ChangeSteps } from '../table-writer.ts'
import { type BesideStatements, besideOf, type FilledRow, lookedAt, type RowChange, type RowRemoval } from './beside.ts'
import { failIfNotThere, insertAs, NOT_THERE, orLost, removeAs } from './expected-version.ts'
import { lostBeside } from './outcomes.ts'

/** How a row is written that {@link keepRow} has something to write to. */
export interface RowWriting {
  readonly dialect: Dialect
  /** Of a change that expects a version. */
  readonly writing: (change: RowChange | RowRemoval) => Program<WriteOutcome>
  /** Whether there is no transaction, and batches alone are atomic. */
  readonly batches: boolean
}

// Tombstones that keep the values of their rows. In a transaction the version is locked first, and what is found of it
// stays. Where there are batches alone, each write is a compare-and-set, and who comes second looks once more.

/** Writes a delete that keeps its row, or a snapshot that came to such a tombstone. */
export function* keepRow(statements: BesideStatements, change: Change, by: RowWriting): Program<WriteOutcome> {
  for (let last: FoundBeside | undefined; ; ) {
    const found = yield* lookForKeeping(statements, change, by)
    const write = keepingWrite(change, found)
    if (!write) return keepingOutcome(change, found, write)
    // What has changed nothing would not do so the next time either.
    const isLost = last && (!by.batches || last.version === found.version)
    if (isLost) throw lostBeside(statements, change, found)
    if (yield* writeKept(statements, change, found, write, by)) return keepingOutcome(change, found, write)
    last = found
  }
}

/**
 * What a delete that keeps its row does in the transaction of a hook.
 *
 * @param lostRow - looks whether the row is there that `by` has written, if it has
 */
export function keepingSteps(statements: BesideStatements, change: Change, by: RowWriting, lostRow: Lost): ChangeSteps {
  let found: FoundBeside | undefined
  let taken = false
  return {
    *lock() {
      found = yield* lookForKeeping(statements, change, by)
    },
    *write() {
      const before = found ?? (yield* lookForKeeping(statements, change, by))
      const write = keepingWrite(change, before)
      if (write && !(yield* writeKept(statements, change, before, write, by))) {
        throw lostBeside(statements, change, before)
      }
      taken = write !== undefined
      return keepingOutcome(change, before, write)
    },
    *lost() {
      const after = yield* lookedAt(statements, change.key)
      if (taken && !after.deleted) return lostBeside(statements, change, after)
      return yield* lostRow()
    },
  }
}

/** Whether a snapshot that was held back, or what is left of it, is due to a tombstone that keeps its values. */
export function* isDueToKept(statements: BesideStatements, change: Change): Program<boolean> {
  return isOfSnapshot(change) && keepingWrite(change, yield* looked(statements, change)) !== undefined
}

/** In a transaction, what is found stays so. */
function* lookForKeeping(
  statements: BesideStatements,
  change: Change,
  { batches, dialect: { lockRow } }: RowWriting,
): Program<FoundBeside> {
  if (batches) return yield* looked(statements, change)
  const { expected } = change
  const mayBeNew = isKeptDelete(change) && (expected === undefined || expected === NO_VERSION)
  if (mayBeNew) yield* send(insertAs(statements, change, NOT_THERE))
  if (lockRow) yield* send(lock(statements, change.key, lockRow))
  const found = yield* looked(statements, change)
  const isNothing = found.version === undefined && !found.isThere
  if (mayBeNew && isNothing && expected !== undefined) yield* send(removeAs(statements, change.key, NOT_THERE))
  return found
}

function* looked(statements: BesideStatements, change: Change): Program<FoundBeside> {
  const result = yield* send(look(statements, change))
  const { version, ...beside } = besideOf(result, change.key)
  const compared = (['earlier', 'same', 'later'] as const)[Number(result.rows[0]?.clerk_proof ?? Number.NaN)]
  return {
    ...beside,
    version: version === NOT_THERE ? undefined : version,
    deletedAt: beside.deleted ? compared : undefined,
  }
}

/** False where the version was another. */
export function* writeKept(
  statements: BesideStatements,
  change: Change,
  found: FoundBeside,
  write: KeepingWrite,
  { writing, batches }: RowWriting,
): Program<boolean> {
  const { version, deletedAt, values } = write
  const expected = found.version ?? NOT_THERE
  if (values === undefined) {
    const marking = mark(statements, change, found, write)
    if (batches && found.version === undefined)
      yield* orLost(statements, change, insertMarked(statements, change, marking))
    else yield* send(marking)
    const after = yield* looked(statements, change)
    // Another delete leaves the same mark: only the time says that it was written.
    return after.version === version && !(isKeptDelete(change) && after.deletedAt === 'earlier')
  }
  const { entity, key } = change
  if (values === null) {
    const given = { entity, key, version, values: {}, expected }
    const time = deletedAt ?? comparedTime(change)
    const removal = { ...given, kind: 'delete', mode: 'remove', deletedAt: time, staysDeleted: !deletedAt } as const
    return (yield* writing(removal)) === 'deleted'
  }
  const parts = change.kind === 'upsert' && change.parts
  const row = { entity, key, version, values, expected, ...(parts && { parts }) }
  const written: RowChange = deletedAt
    ? { ...row, kind: 'delete', mode: 'erase', deletedAt }
    : ({ ...row, kind: 'upsert', ...(deletedAt === undefined && { staysDeleted: true }) } satisfies FilledRow)
  const outcome = yield* writing(written)
  if (outcome !== 'created' && outcome !== 'updated' && outcome !== 'deleted') return false
  // Another delete of a key never seen has the same version, and only the time says whose was written.
  return !(batches && deletedAt) || (yield* looked(statements, change)).deletedAt !== 'earlier'
}

/** In one batch, which fails where the mark is not written: what it was to replace would pass for a version. */
function* insertMarked(statements: BesideStatements, change: Change, marking: Statement): Program<void> {
  yield [insertAs(statements, change, NOT_THERE), marking, failIfNotThere(statements, change)]
}

function lock(statements: BesideStatements, key: string, lockRow: string): Statement {
  return statements.statement(true, (draft) => {
    const own = statements.ownVersion(draft, key)
    return `select ${statements.version('id')} as clerk_key from ${statements.versions.quoted} where ${own}${lockRow}`
  })
}

/** With `deleted_at` compared: 0 earlier, 1 the same, 2 later. */
function look(statements: BesideStatements, change: Change): Statement {
  const time = comparedTime(change).getTime()
  // A column of seconds rounds what it stores; the parameter is not rounded.
  const rounding = statements.roundsDates && isKeptDelete(change) ? ROUNDING_MS : 0
  const { versions } = statements
  const stored = statements.version('deletedAt')
  return statements.look(change.key, (draft) => {
    const at = (ms: number) => draft.parameter(versions.encode('deletedAt', new Date(ms)))
    const compared =
      `case when ${stored} > ${at(time + rounding)} then 2 ` +
      `when ${stored} >= ${at(time - rounding)} then 1 else 0 end`
    return `(select ${compared} from ${versions.quoted} where ${statements.ownVersion(draft, change.key)})`
  })
}

/** The version and `deleted_at` alone, of exactly this version; of the same one, only where `deleted_at` is earlier. */
function mark(
  statements: BesideStatements,
  { key }: Change,
  found: FoundBeside,
  { version, deletedAt }: KeepingWrite,
): Statement {
  const { versions } = statements
  const [stored, time] = [statements.version('version'), statements.version('deletedAt')]
  return statements.statement(false, (draft) => {
    const encoded = (property: string, value: unknown) => draft.parameter(versions.encode(property, value))
    const set = [`${stored} = ${encoded('version', version)}`]
    if (deletedAt) set.push(`${time} = ${encoded('deletedAt', deletedAt)}`)
    const where = [statements.ownVersion(draft, key), `${stored} = ${encoded('version', found.version ?? NOT_THERE)}`]
    if (version === found.version) where.push(`${time} < ${encoded('deletedAt', deletedAt)}`)
    return `update ${versions.quoted} set ${set.join(', ')} where ${where.join(' and ')}`
  })
}
