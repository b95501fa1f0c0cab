import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { type ClerkEvent, ClerkSyncError, type DeleteMode, type Outcome } from '@clerk-sync/core'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { userEvent } from './events.ts'
import type { Versions } from './kit-tables.ts'
import { type Query, queryOf, type WhenDone } from './raw-connections.ts'

/** A database with the kit's tables, whose versions are in their rows. */
export interface MovedStore {
  readonly dialect: 'postgres' | 'mysql' | 'sqlite'
  /** The type of a time, if not the dialect's usual one. */
  readonly dateType?: string
  /** Past the adapter. */
  readonly query: Query
  /** A process that runs the code of one mode, with a hook of `user.created` that leaves a row of `welcomes`. */
  start(versions: Versions, onDelete?: DeleteMode): Process
}

interface Process {
  apply(event: ClerkEvent): Promise<Outcome>
  find(entity: 'user', id: string): Promise<unknown>
}

const DATES = { postgres: 'timestamptz(3)', mysql: 'datetime(3)', sqlite: 'integer' } as const

/** The statements of docs/moving-versions.md, for the kit's tables. */
function steps({ dialect, dateType = DATES[dialect] }: MovedStore) {
  const page = readFileSync(new URL('../../../docs/moving-versions.md', import.meta.url), 'utf8')
  const blocks = Array.from(page.matchAll(/^ *```sql\n([\s\S]*?)^ *```/gm), ([, sql = '']) => sql)
  const block = (n: number) => {
    const text = blocks[n]
    if (text === undefined || blocks.length !== 9)
      throw new Error('docs/moving-versions.md has other blocks than before.')
    let typed = text
      .replaceAll('clerk_versions', 'versions')
      .replace(/deleted_at (?:timestamptz\(3\)|integer)/g, `deleted_at ${dateType}`)
    if (dialect === 'mysql') {
      typed = typed
        .replace('table_name text', 'table_name varchar(129)')
        .replace(' id text', ' id varchar(255)')
        .replace(/(version\w*) text/, '$1 varchar(34)')
    }
    // What stands between $$ may have a semicolon in it.
    const statements = Array.from(typed.matchAll(/(?:\$\$[\s\S]*?\$\$|[^;])+/g), ([statement]) => statement)
    return statements.filter((statement) => statement.trim())
  }
  const own = { postgres: 0, mysql: 1, sqlite: 2 }[dialect]
  return { there: [...block(own), ...block(3)], cleanedUp: block(4 + own), back: block(7), cleanedUpAfter: block(8) }
}

const USERS = 24
const FIRST = 1_760_000_000_000

/** What arrives in a third of the history, in an order that is not theirs. */
function eventsOf(third: number): ClerkEvent[] {
  const at = (of: number, ms: number) => FIRST + of * 100_000 + ms
  const users = Array.from({ length: USERS }, (_, n) => {
    const id = `user_${n}`
    const signsUpIn = n % 3
    const leavesIn = n % 2 ? Number.POSITIVE_INFINITY : signsUpIn + (n % 4 ? 1 : 0)
    const update = (of: number, ms: number) => userEvent('user.updated', id, at(of, ms), { first_name: `${of} ${ms}` })
    if (third < signsUpIn) return []
    if (third > leavesIn) return [update(signsUpIn, 5), update(leavesIn, 45)]
    return [
      ...(third === signsUpIn ? [userEvent('user.created', id, at(third, 0), { first_name: 'new' })] : []),
      ...[10, 20, 30].map((ms) => update(third, ms)),
      ...(third === leavesIn ? [userEvent('user.deleted', id, at(third, 50))] : []),
    ]
  })
  const place = new Map(users.flat().map((event, n) => [event, (n * 7_919) % 1_009]))
  return [...place.keys()].sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0))
}

/** What the events lead to in their order. */
function inOrder(events: readonly ClerkEvent[]) {
  const live = new Map<unknown, string>()
  const gone = new Set<unknown>()
  const welcomed: string[] = []
  for (const { id, type, data } of events.toSorted((a, b) => a.timestamp - b.timestamp)) {
    const user = prop(data, 'id')
    if (type === 'user.created') welcomed.push(id)
    if (type === 'user.deleted') gone.add(user)
    live.set(user, `${user}: ${prop(data, 'first_name')}`)
  }
  for (const user of gone) live.delete(user)
  return { gone: [...gone].sort(), live: [...live.values()].sort(), welcomed: welcomed.sort() }
}

async function stored(query: Query, versions: Versions): Promise<ReturnType<typeof inOrder>> {
  const tombstones = `select id from ${versions === 'row' ? 'users' : 'versions'} where deleted_at is not null`
  const gone = (await query(tombstones)).map(({ id }) => id)
  const rows = await query('select id, first_name from users')
  const live = rows.filter(({ id }) => versions === 'beside' || !gone.includes(id))
  return {
    gone: gone.sort(),
    live: live.map(({ id, first_name }) => `${id}: ${first_name}`).sort(),
    welcomed: (await query('select event_id from welcomes')).map(({ event_id }) => String(event_id)).sort(),
  }
}

/**
 * Delivers events by several senders at a time, to the processes in turn, and what is refused again. Half-way the table is
 * moved. Gives how many were refused.
 */
async function deliver(events: readonly ClerkEvent[], processes: readonly Process[], move: () => Promise<void>) {
  const queue = [...events]
  let refused = 0
  let moved: Promise<void> | undefined
  const send = async (first: number) => {
    for (let turn = first, event = queue.shift(); event; turn++, event = queue.shift()) {
      if (queue.length < events.length / 2) moved ??= move()
      try {
        await processes[turn % processes.length]?.apply(event)
      } catch (error) {
        if (!ClerkSyncError.is(error) || error.code !== 'store_failed') throw error
        refused++
        queue.push(event)
        // SQLite answers at once, and all others would wait.
        await setImmediate()
      }
    }
  }
  await Promise.all(Array.from({ length: 6 }, (_, sender) => send(sender)))
  await moved
  return refused
}

/** A connection to SQLite that waits for others as a migration in a process of its own would. */
export function migratingSqlite(file: string, whenDone: WhenDone): Query {
  const database = new Database(file, { timeout: 0 })
  whenDone(async () => void database.close())
  const query = queryOf(database)
  return async (sql, values) => {
    for (;;) {
      try {
        return await query(sql, values)
      } catch (error) {
        if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error
        await setImmediate()
      }
    }
  }
}

/** A table is moved from one mode to the other and back while events arrive, as docs/moving-versions.md says. */
export function testMove(stores: readonly (readonly [name: string, open: () => Promise<MovedStore>])[]): void {
  describe.for(stores)('Versions are moved under load, on %s', ([, open]) => {
    it.for(['erase', 'keep'] as const)('out of the rows, and back into them; onDelete: %s', async (onDelete) => {
      const store = await open()
      const { query, start } = store
      const { there, cleanedUp, back, cleanedUpAfter } = steps(store)
      const run = async (statements: readonly string[]) => {
        for (const statement of statements) await query(statement)
      }
      const arrived: ClerkEvent[] = []
      const deliverThird = (third: number, processes: readonly Process[], statements: readonly string[] = []) => {
        const events = eventsOf(third)
        arrived.push(...events)
        return deliver(events, processes, () => run(statements))
      }
      const inRows = start('row', onDelete)
      await deliverThird(0, [inRows])
      expect(await stored(query, 'row')).toEqual(inOrder(arrived))

      // Both codes at once, from before the migration until after it.
      const beside = start('beside')
      expect(await deliverThird(1, [inRows, beside], there)).toBeGreaterThan(0)
      // The code from before can still read.
      expect(await inRows.find('user', 'user_1')).toMatchObject({ row: { firstName: '1 30' } })
      await run(cleanedUp)
      expect(await stored(query, 'beside')).toEqual(inOrder(arrived))

      // Tombstones that no event has made: one of a reconcile, and one of what had no owner.
      const [ofReconcile, ofOwner] = ['2762949', '1000000'].map((end) => `${FIRST}${FIRST}${end}`)
      for (const [id, version] of [
        ['user_found', ofReconcile],
        ['user_orphan', ofOwner],
      ]) {
        await query(
          `insert into versions (table_name, id, version, deleted_at) select table_name, '${id}', '${version}', deleted_at ` +
            "from versions where id = 'user_0'",
        )
      }

      const inRowsAgain = start('row', onDelete)
      expect(await deliverThird(2, [beside, inRowsAgain], back)).toBeGreaterThan(0)
      await run(cleanedUpAfter)
      expect(await inRowsAgain.apply(userEvent('user.updated', 'user_found', FIRST + 1_000_000))).toBe(
        'already_deleted',
      )
      expect(await query("select id from users where id in ('user_found', 'user_orphan')")).toEqual([
        { id: 'user_found' },
      ])
      await query("delete from users where id = 'user_found'")
      expect(await stored(query, 'row')).toEqual(inOrder(arrived))
      for (const event of arrived) {
        const outcomes = event.type === 'user.created' ? ['duplicate'] : ['unchanged', 'stale', 'already_deleted']
        expect(outcomes).toContain(await inRowsAgain.apply(event))
      }
      expect(await stored(query, 'row')).toEqual(inOrder(arrived))
    })
  })
}

function prop(object: object, name: string): unknown {
  return Reflect.get(object, name)
}
