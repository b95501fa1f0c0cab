import { isKept } from '../../port/kept.ts'
import type { Upsert, WriteOutcome } from '../../port/sync-adapter.ts'
import { keyOf } from '../beside/beside.ts'
import type { KnownOutcomes, Upserts } from '../columns/columns.ts'
import { type Program, query, send } from '../program.ts'
import { held, seenIn, storedVersions, taken } from '../written.ts'
import type { ColumnStatements } from './dialect.ts'

/**
 * What is read as a comment by all but MariaDB, from 10.6 on, which passes over locked rows. Without autocommit, the look would
 * keep them locked.
 */
const IS_ABLE = 'select /*M!100600 1 + */ 0 as clerk_able, @@autocommit as clerk_autocommit'

/**
 * For one statement, and what its triggers send: whatever would wait is refused at once. MySQL has no less than a second for
 * it, and that for its session alone: a batch would keep its rows from the application for as long.
 * A comment to all others, since a proxy that does not know `set statement` would take the insert for a change of the session.
 */
const WITHOUT_WAITING = '/*M!100600 set statement innodb_lock_wait_timeout=0 for */ '

const able = new WeakSet<ColumnStatements>()

/**
 * MariaDB. A look that says which of the rows somebody has locked, by locking the others for as long as it takes; the
 * write of those that are due, which is refused where one of them has been locked since; and a look at what is stored. None
 * of the three waits, and each is committed by itself.
 */
export function* unlockedOnMariadb(statements: ColumnStatements, changes: Upserts): Program<KnownOutcomes | undefined> {
  if (!able.has(statements)) {
    const [server] = yield* query(IS_ABLE)
    if (Number(server?.clerk_able) !== 1) return undefined
    able.add(statements)
  }
  const { table } = statements
  const key = table.column(table.key)
  const free = `select 1 from ${table.quoted} as t where t.${key} = ${table.quoted}.${key} for update skip locked`
  const found = yield* send(statements.versions(keysOf(changes), `, (${free}) as clerk_free`))
  const before = storedVersions(found)
  const locked = new Set(found.rows.filter((row) => row.clerk_free === null).map(keyOf))
  const outcomes = new Map<string, WriteOutcome>()
  const due: Upsert[] = []
  for (const change of changes) {
    // A tombstone that a read made may be wrong, which takes a write of its own.
    if (locked.has(change.key) || isKept(before.get(change.key)?.version ?? '')) continue
    const written = held(change, seenIn(before, change))
    if (written) outcomes.set(change.key, written.outcome)
    else due.push(change)
  }
  const [first, ...others] = due
  if (!first) return outcomes
  const write = statements.many([first, ...others])
  yield* send({ ...write, sql: WITHOUT_WAITING + write.sql })
  // What is not there now, triggers have changed.
  const after = storedVersions(yield* send(statements.versions(keysOf(due))))
  for (const change of due) {
    const now = seenIn(after, change)
    if (!held(change, now) || isKept(after.get(change.key)?.version ?? '')) continue
    // What is newer by now came after this write.
    const { outcome } = taken(change, !before.has(change.key), now.deleted && now.found === 'same')
    outcomes.set(change.key, outcome)
  }
  return outcomes
}

function keysOf(changes: readonly Upsert[]): string[] {
  return changes.map(({ key }) => key)
}
