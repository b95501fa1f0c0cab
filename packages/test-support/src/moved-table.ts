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

/** The statements of docs/moving-versions.md, for the kit's tables, and what deletes do while the versions are beside. */
function steps({ dialect, dateType = DATES[dialect] }: MovedStore, beside: DeleteMode) {
  const page = readFileSync(new URL('../../../docs/moving-versions.md', import.meta.url), 'utf8')
  const blocks = Array.from(page.matchAll(/^ *```sql\n([\s\S]*?)^ *```/gm), ([, sql = '']) => sql)
  const block = (n: number) => {
    const text = blocks[n]
    if (text === undefined || blocks.length !== 11)
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
  const [copy, copyKept, back, backKept] = [block(3), block(4), block(8), block(9)]
  return {
    there: [
      ...block(own),
      ...copy.flatMap((statement) => {
        if (beside !== 'remove' && statement.includes('delete from')) return []
        return beside === 'keep' && isInsert(statement) ? copyKept : statement
      }),
    ],
    cleanedUp: block(5 + own),
    back: back.flatMap((statement) =>
      beside !== 'remove' && isInsert(statement) ? [...backKept, statement] : statement,
    ),
    cleanedUpAfter: block(10),
  }
}

const isInsert = (statement: string) => /^\s*insert /.test(statement)

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
  // Deleted before anything else is known of them.
  const unseen = [1, 2].map((comesIn) => {
    const id = `user_unseen_${comesIn}`
    if (third === 0) return [userEvent('user.deleted', id, at(0, 50))]
    return third === comesIn ? [userEvent('user.updated', id, at(0, 45), { first_name: 'late' })] : []
  })
  const place = new Map([...users, ...unseen].flat().map((event, n) => [event, (n * 7_919) % 1_009]))
  return [...place.keys()].sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0))
}

/**
 * What the events lead to in their order.
 *
 * @param mode - what all of the deletes did; undefined where one did this and another that
 */
function inOrder(events: readonly ClerkEvent[], mode: DeleteMode | undefined) {
  const live = new Map<unknown, string>()
  const left = new Map<unknown, string>()
  const welcomed: string[] = []
  for (const { id, type, data } of events.toSorted((a, b) => a.timestamp - b.timestamp)) {
    const user = prop(data, 'id')
    if (type === 'user.created') welcomed.push(id)
    if (type !== 'user.deleted') live.set(user, `${user}: ${prop(data, 'first_name')}`)
    else left.set(user, (mode === 'keep' && live.get(user)) || `${user}: null`)
  }
  const gone = [...left.keys()].sort()
  for (const user of gone) live.delete(user)
  return {
    gone,
    live: [...live.values()].sort(),
    left: mode && (mode === 'remove' ? [] : [...left.values()].sort()),
    welcomed: welcomed.sort(),
  }
}

async function stored(
  query: Query,
  versions: Versions,
  mode: DeleteMode | undefined,
): Promise<ReturnType<typeof inOrder>> {
  const tombstones = `select id from ${versions === 'row' ? 'users' : 'versions'} where deleted_at is not null`
  const gone = (await query(tombstones)).map(({ id }) => id)
  const rows = await query('select id, first_name from users')
  const those = (deleted: boolean) =>
    rows
      .filter(({ id }) => gone.includes(id) === deleted)
      .map(({ id, first_name }) => `${id}: ${first_name}`)
      .sort()
  return {
    gone: gone.sort(),
    live: those(false),
    left: mode && those(true),
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
    it.for([
      ['erase', 'remove'],
      ['keep', 'remove'],
      ['erase', 'erase'],
      ['keep', 'keep'],
    ] as const)(
      'out of the rows, and back into them; onDelete in the row: %s, beside: %s',
      async ([inRow, besideIt]) => {
        const store = await open()
        const { query, start } = store
        const { there, cleanedUp, back, cleanedUpAfter } = steps(store, besideIt)
        const throughout = inRow === besideIt ? inRow : undefined
        const run = async (statements: readonly string[]) => {
          for (const statement of statements) await query(statement)
        }
        const arrived: ClerkEvent[] = []
        const deliverThird = (third: number, processes: readonly Process[], statements: readonly string[] = []) => {
          const events = eventsOf(third)
          arrived.push(...events)
          return deliver(events, processes, () => run(statements))
        }
        const inRows = start('row', inRow)
        await deliverThird(0, [inRows])
        expect(await stored(query, 'row', inRow)).toEqual(inOrder(arrived, inRow))

        // Both codes at once, from before the migration until after it.
        const beside = start('beside', besideIt)
        expect(await deliverThird(1, [inRows, beside], there)).toBeGreaterThan(0)
        // The code from before can still read.
        expect(await inRows.find('user', 'user_1')).toMatchObject({ row: { firstName: '1 30' } })
        await run(cleanedUp)
        const alike = throughout ?? besideIt
        expect(await stored(query, 'beside', alike)).toEqual(inOrder(arrived, alike))

        // Tombstones that no event has made: one of a reconcile, one of what had no owner, and one whose row somebody deleted.
        const mark = besideIt === 'keep' ? '9' : ''
        const [ofReconcile, ofOwner] = ['2762949', '1000000'].map((end) => `${FIRST}${FIRST}${end}`)
        for (const [id, version] of [
          ['user_found', mark + ofReconcile],
          ['user_orphan', ofOwner],
          ['user_gone', besideIt === 'keep' ? `8${ofOwner}` : `${'9'.repeat(13)}${FIRST}${'0'.repeat(7)}`],
        ]) {
          await query(
            `insert into versions (table_name, id, version, deleted_at) select table_name, '${id}', '${version}', deleted_at ` +
              "from versions where id = 'user_0'",
          )
        }
        if (besideIt !== 'remove') await query("insert into users (id) values ('user_found')")

        const inRowsAgain = start('row', inRow)
        expect(await deliverThird(2, [beside, inRowsAgain], back)).toBeGreaterThan(0)
        await run(cleanedUpAfter)
        // Final where the tombstone is alone, or its row erased; a kept one says itself what it was.
        expect(await inRowsAgain.apply(userEvent('user.updated', 'user_found', FIRST + 1_000_000))).toBe(
          besideIt === 'keep' ? 'updated' : 'already_deleted',
        )
        expect(await inRowsAgain.apply(userEvent('user.updated', 'user_gone', FIRST + 1_000_000))).toBe(
          'already_deleted',
        )
        expect(
          await query("select id from users where id in ('user_found', 'user_orphan', 'user_gone') order by id"),
        ).toEqual([{ id: 'user_found' }, { id: 'user_gone' }])
        await query("delete from users where id in ('user_found', 'user_gone')")
        expect(await stored(query, 'row', throughout)).toEqual(inOrder(arrived, throughout))
        for (const event of arrived) {
          const outcomes = event.type === 'user.created' ? ['duplicate'] : ['unchanged', 'stale', 'already_deleted']
          expect(outcomes).toContain(await inRowsAgain.apply(event))
        }
        expect(await stored(query, 'row', throughout)).toEqual(inOrder(arrived, throughout))
      },
    )
  })
}

function prop(object: object, name: string): unknown {
  return Reflect.get(object, name)
}
