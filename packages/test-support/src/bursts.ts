import { AsyncLocalStorage } from 'node:async_hooks'
import type { DatabaseCalls, Shape } from '@clerk-sync/adapter-testkit'
import { type ClerkSyncOptions, createClerkSync, type DeliveryResult } from '@clerk-sync/core'
import type { Rows, SyncAdapter } from '@clerk-sync/core/adapter'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type BurstDatabase, type BurstServer, POSTGRES } from './burst-servers.ts'
import { userEvent, withEmail } from './events.ts'
import { SIGNING_SECRET, signedDelivery } from './signed.ts'

const AT = 1_760_000_000_000
const ROWS = 64

/** An adapter with a pool of so many connections. */
export type OpenBursts = (
  database: Pick<BurstDatabase, 'url'>,
  shape: Shape,
  calls: DatabaseCalls,
  max: number,
) => SyncAdapter<Rows>

/** What must hold where deliveries come at the same time. */
export function testBursts(name: string, open: OpenBursts, server: BurstServer = POSTGRES): void {
  const databaseOf = () => server.tables(`bursts_${name}`, onTestFinished)
  const uniqueUsers = `${server.quote}uniqueLastUsers${server.quote}`
  /** In whose `AsyncLocalStorage` each statement was sent. */
  const storage = new AsyncLocalStorage<string>()

  /** A process, with its statements. */
  function start(
    database: BurstDatabase,
    options: Partial<ClerkSyncOptions<Rows, unknown, unknown>> = {},
    shape: Shape = 'plain',
    max = 8,
  ) {
    const sent: (string | undefined)[] = []
    const results: DeliveryResult[] = []
    const run = <T>(call: () => T): T => {
      sent.push(storage.getStore())
      return call()
    }
    const adapter = open(database, shape, { run: async (call) => run(call), runSync: run }, max)
    const clerkSync = createClerkSync({
      adapter,
      map: {},
      signingSecret: SIGNING_SECRET,
      onResult: (result) => void results.push(result),
      ...options,
    })
    const apply = (n: number, at: number, data: object = {}) => clerkSync.apply(updated(n, at, data))
    return { adapter, clerkSync, apply, sent, results }
  }

  /** The first delivery loads what the others need. Gives how many calls of the driver another one takes by itself. */
  async function warm({ apply, sent }: ReturnType<typeof start>): Promise<number> {
    await apply(900, 0)
    sent.length = 0
    await apply(900, 1)
    return sent.splice(0).length
  }

  /** The application's own transaction. */
  const transaction = ({ url }: BurstDatabase) => server.begin(url, onTestFinished)

  /** It changes rows that no other transaction may have locked. */
  async function changeAll(database: BurstDatabase, rows: readonly number[]): Promise<void> {
    const victim = await transaction(database)
    await victim.query(server.waitAtMost5s)
    for (const n of rows) await victim.query(`update users set tagline = 'victim' where id = '${idOf(n)}'`)
    await victim.query('commit')
  }

  const names = async ({ query }: BurstDatabase) =>
    (await query('select id, first_name from users order by id')).map((row) => `${row.id} ${row.first_name}`)

  it(`${name}: a burst takes few statements, each delivery has its own outcome, and its row is there`, async () => {
    const database = await databaseOf()
    const process = start(database)
    await warm(process)
    await process.apply(3, 9, { first_name: 'newer' })
    process.sent.length = 0
    const outcomes = await Promise.all(all((n) => process.apply(n, 5, { first_name: `Ann ${n}` })))
    expect(outcomes).toEqual(all((n) => (n === 3 ? 'stale' : 'created')))
    expect(process.sent.length).toBeLessThan(ROWS / 2)
    const stored = await names(database)
    for (const n of Array(ROWS).keys()) expect(stored).toContain(`${idOf(n)} ${n === 3 ? 'newer' : `Ann ${n}`}`)
    expect(await Promise.all(all((n) => process.apply(n, 6)))).toEqual(all((n) => (n === 3 ? 'stale' : 'updated')))
  })

  it(`${name}: a burst reads the rows that it writes, and not the table`, async () => {
    const database = await databaseOf()
    const process = start(database)
    await warm(process)
    await database.query(server.manyUsers)
    await database.query(`analyze ${server.quote === '`' ? 'table ' : ''}users`)
    const before = await server.usage(database.query)
    for (const at of [2, 3]) await Promise.all(all((n) => process.apply(n, at)))
    const usage = () => server.usage(database.query)
    await vi.waitFor(async () => expect((await usage()).updated).toBeGreaterThanOrEqual(ROWS), 15_000)
    expect((await usage()).scanned).toBe(before.scanned)
  })

  it(`${name}: one delivery after the other is a statement each, and so is every one with batch: false`, async () => {
    const database = await databaseOf()
    const process = start(database, { batch: false })
    const each = await warm(process)
    await Promise.all(all((n) => process.apply(n, 1)))
    expect(process.sent).toHaveLength(ROWS * each)
    const other = start(database)
    await warm(other)
    for (const n of [0, 1, 2]) await other.apply(n, 2)
    expect(other.sent).toHaveLength(3 * each)
  })

  it(`${name}: in Cloudflare's Workers no request waits for another's statement`, async () => {
    vi.stubGlobal('WebSocketPair', class {})
    onTestFinished(() => void vi.unstubAllGlobals())
    const process = start(await databaseOf())
    const each = await warm(process)
    await Promise.all(all((n) => process.apply(n, 1)))
    expect(process.sent).toHaveLength(ROWS * each)
  })

  for (const [what, lock] of [
    ['has locked a row', `select 1 from users where id = '${idOf(7)}' for update`],
    ['has updated a row', `update users set tagline = 'mine' where id = '${idOf(7)}'`],
    ['has deleted a row', `delete from users where id = '${idOf(7)}'`],
    // Where a unique value is written as well, the row is locked for more than its other columns need.
    ['has written what refers to a row', `insert into posts values ('${idOf(7)}')`],
  ] as const) {
    it(`${name}: where the application ${what}, the other deliveries are stored, and none of their rows is locked`, async () => {
      const database = await databaseOf()
      await database.query(
        `create table posts (user_id ${server.keyType}, foreign key (user_id) references users (id))`,
      )
      await database.query('create unique index users_email on users (email)')
      const process = start(database)
      await warm(process)
      await Promise.all(all((n) => process.apply(n, 1)))
      const application = await transaction(database)
      await application.query(lock)
      process.sent.length = 0
      const answers = all((n) => process.apply(n, 2))
      const others = await Promise.all(answers.filter((_, n) => n !== 7))
      expect(others).toEqual(others.map(() => 'updated'))
      expect(process.sent.length).toBeLessThan(ROWS / 2)
      await changeAll(database, OTHERS)
      await application.query('commit')
      expect(await answers[7]).toBe(what === 'has deleted a row' ? 'created' : 'updated')
    })
  }

  it(`${name}: deliveries that wait for locked rows keep no others waiting`, async () => {
    const database = await databaseOf()
    const process = start(database)
    await warm(process)
    await Promise.all(all((n) => process.apply(n, 1)))
    const application = await transaction(database)
    for (const n of [0, 1, 2, 3]) await application.query(`select 1 from users where id = '${idOf(n)}' for update`)
    const answers = all((n) => process.apply(n, 2))
    const others = await Promise.all(answers.slice(4))
    expect(others).toEqual(others.map(() => 'updated'))
    await application.query('commit')
    expect(await Promise.all(answers)).toEqual(all(() => 'updated'))
  })

  it(`${name}: however many deliveries of a locked row come, one waits for it, and the others have the pool`, async () => {
    const database = await databaseOf()
    const process = start(database)
    await warm(process)
    await Promise.all(all((n) => process.apply(n, 1)))
    const application = await transaction(database)
    await application.query(`select 1 from users where id = '${idOf(7)}' for update`)
    const hot: Promise<unknown>[] = []
    // More rounds than connections, and each takes longer than a statement may before it gives up its place.
    for (let at = 2; at < 14; at++) {
      hot.push(process.apply(7, at))
      const others = await Promise.all([
        ...all((n) => process.apply(n + 100, at)),
        ...all((n) => process.apply(n + 200, at)),
      ])
      expect(new Set(others)).toEqual(new Set([at === 2 ? 'created' : 'updated']))
    }
    expect(await process.apply(300, 1)).toBe('created')
    await application.query('commit')
    const outcomes = await Promise.all(hot)
    expect([outcomes[0], outcomes.at(-1)]).toEqual(['updated', 'updated'])
    expect(outcomes.slice(1, -1)).toEqual(outcomes.slice(1, -1).map(() => 'stale'))
  })

  it(`${name}: a row that another transaction is about to insert is waited for by its own delivery alone`, async () => {
    const database = await databaseOf()
    const process = start(database)
    await warm(process)
    const application = await transaction(database)
    await application.query(`insert into users (id) values ('${idOf(7)}')`)
    const answers = all((n) => process.apply(n, 2))
    const others = await Promise.all(answers.filter((_, n) => n !== 7))
    expect(others).toEqual(others.map(() => 'created'))
    await application.query('commit')
    expect(await answers[7]).toBe('updated')
  })

  it(`${name}: while rows and values are about to be inserted, the application waits for no row of the others`, async () => {
    const database = await databaseOf()
    const process = start(database, {}, 'uniqueLast')
    await warm(process)
    const rounds = [10, 11, 12, 13]
    const isThere = (n: number) => !rounds.includes(n)
    await Promise.all(all((n) => n).flatMap((n) => (isThere(n) ? [process.apply(n, 1)] : [])))
    const application = await transaction(database)
    for (const n of rounds) {
      await application.query(`insert into ${uniqueUsers} (id, email) values ('${idOf(n)}', 'new-${n}@example.com')`)
    }
    const waits: number[] = []
    let isOver = false
    const victim = (async () => {
      while (!isOver) {
        const from = performance.now()
        await database.query(
          `update ${uniqueUsers} set tagline = 'mine' where id = '${idOf(20 + (waits.length % 10))}'`,
        )
        waits.push(performance.now() - from)
      }
    })()
    const blocked: Promise<unknown>[] = []
    for (const n of rounds) {
      // In one burst a key that is about to be inserted, in the next an address, of a row that comes after the others.
      const key = n % 2 ? n : 40 + n
      const others: Promise<unknown>[] = []
      for (let row = 0; row < ROWS; row++) {
        if (row === key) blocked.push(process.apply(row, n, row === n ? {} : withEmail(`new-${n}@example.com`)))
        else if (isThere(row) && row < 50) others.push(process.apply(row, n))
      }
      await Promise.all(others)
    }
    isOver = true
    await victim
    expect(Math.max(...waits)).toBeLessThan(800)
    await application.query('rollback')
    expect(await Promise.all(blocked)).toEqual(['updated', 'created', 'updated', 'created'])
  })

  it(`${name}: what a trigger waits for is waited for by its own delivery alone`, async () => {
    const database = await databaseOf()
    await database.query('create table counters (id int primary key, n int)')
    await database.query('insert into counters values (1, 0)')
    for (const one of server.beforeSeven('update counters set n = n + 1 where id = 1')) await database.query(one)
    const process = start(database)
    await warm(process)
    const application = await transaction(database)
    await application.query('select 1 from counters where id = 1 for update')
    const answers = all((n) => process.apply(n, 1))
    const others = await Promise.all(OTHERS.map((n) => answers[n]))
    expect(others).toEqual(others.map(() => 'created'))
    await changeAll(database, OTHERS)
    await application.query('commit')
    expect(await answers[7]).toBe('created')
    const [counter] = await database.query('select n from counters')
    expect(Number(counter?.n)).toBe(1)
  })

  it(`${name}: what a trigger drops is not acknowledged, and the others are`, async () => {
    const database = await databaseOf()
    const process = start(database)
    await warm(process)
    if (database.triggers === 'none') throw new Error('These tables have no triggers to test with.')
    const remove = await database.triggers.drop('users', idOf(7))
    const settled = await Promise.allSettled(all((n) => process.apply(n, 1)))
    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.code))).toEqual(
      all((n) => (n === 7 ? 'store_failed' : 'created')),
    )
    await remove()
    expect(await process.apply(7, 1)).toMatch(/^(?:created|updated)$/)
  })

  it(`${name}: a refused row costs the others nothing, and what a row of the burst gives up another may take`, async () => {
    const database = await databaseOf()
    // On one connection, what is written alone is written in the order of the keys.
    const process = start(database, {}, 'uniqueLast', 1)
    await warm(process)
    await process.apply(99, 1, withEmail('taken@example.com'))
    await process.apply(10, 1, withEmail('passed-on@example.com'))
    const email = (n: number) => (n === 7 ? 'taken' : n === 5 ? 'passed-on' : `own-${n}`)
    // User 10 gives an address up and user 5, whose key comes first, takes it.
    const settled = await Promise.allSettled(all((n) => process.apply(n, 2, withEmail(`${email(n)}@example.com`))))
    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.code))).toEqual(
      all((n) => (n === 7 ? 'unique_conflict' : n === 10 ? 'updated' : 'created')),
    )
    const rows = await database.query(`select id, email from ${uniqueUsers} where id like 'user_0%'`)
    expect(rows).toHaveLength(ROWS)
  })

  it(`${name}: what a newer delivery of the burst supersedes is answered after it, and written where that is refused`, async () => {
    const database = await databaseOf()
    const process = start(database, {}, 'uniqueLast')
    await warm(process)
    await process.apply(99, 1, withEmail('taken@example.com'))
    const application = await transaction(database)
    await application.query(`insert into ${uniqueUsers} (id) values ('${idOf(1)}')`)
    const fill = all((n) => process.apply(n + 200, 1))
    const four = process.apply(0, 4, withEmail('four@example.com'))
    const five = process.apply(0, 5, withEmail('taken@example.com'))
    const [older, newer] = [process.apply(1, 4), process.apply(1, 5)]
    const answered: string[] = []
    void older.then(() => answered.push('older'))
    await Promise.all(fill)
    await expect(five).rejects.toMatchObject({ code: 'unique_conflict' })
    expect(await four).toBe('created')
    expect(answered).toEqual([])
    await application.query('rollback')
    expect(await Promise.all([older, newer])).toEqual(['stale', 'created'])
    const [row] = await database.query(`select email from ${uniqueUsers} where id = '${idOf(0)}'`)
    expect(row).toEqual({ email: 'four@example.com' })
  })

  it(`${name}: two processes that get the same users in different orders end in the newest`, async () => {
    const database = await databaseOf()
    const processes = [start(database), start(database)]
    for (const process of processes) await warm(process)
    for (const round of [1, 2, 3]) {
      const orders = [all((n) => n), all((n) => ROWS - 1 - n)]
      await Promise.all(
        processes.flatMap(({ apply }, p) =>
          (orders[p] ?? []).map((n) => apply(n, round * 10 + ((n + p) % 2), { first_name: `${round}.${(n + p) % 2}` })),
        ),
      )
    }
    expect((await names(database)).filter((one) => one.endsWith(' 3.1'))).toHaveLength(ROWS)
  })

  it(`${name}: a statement of many sees the AsyncLocalStorage of no request, one of its own that of its request`, async () => {
    const database = await databaseOf()
    const process = storage.run('the process', () => start(database))
    const each = await storage.run('warm', () => warm(process))
    const seen: (string | undefined)[] = []
    await Promise.all(
      all((n) =>
        storage.run(`request ${n}`, async () => {
          await process.apply(n, 1)
          seen.push(storage.getStore())
        }),
      ),
    )
    expect(seen.sort()).toEqual(all((n) => `request ${n}`).sort())
    const [own, shared] = [
      process.sent.filter((one) => one?.startsWith('request')),
      process.sent.filter((one) => one === 'the process'),
    ]
    expect(own.length + shared.length).toBe(process.sent.length)
    expect(own).toHaveLength(new Set(own).size * each)
    expect(shared.length).toBeGreaterThan(0)
  })

  it(`${name}: onResult, the logger and hooks run in the AsyncLocalStorage of their own request`, async () => {
    const database = await databaseOf()
    const seen: [what: string, whose: unknown, store: string | undefined][] = []
    const see = (what: string, whose: unknown) => void seen.push([what, whose, storage.getStore()])
    const log = (fields: object) => see('logger', Reflect.get(fields, 'messageId'))
    const process = storage.run('the process', () =>
      start(database, {
        verbose: true,
        logger: { info: log, warn: log, error: log },
        onResult: ({ event }) => see('onResult', event?.id),
        on: { 'user.created': ({ event }) => see('hook', event.id) },
      }),
    )
    await storage.run('warm', () => warm(process))
    seen.length = 0
    process.sent.length = 0
    // Every fourth has a hook.
    const events = all((n) => userEvent(n % 4 ? 'user.updated' : 'user.created', idOf(n), AT + 1))
    const results = await Promise.all(
      events.map((one) => storage.run(one.id, () => process.clerkSync.receive(signedDelivery(one)))),
    )
    expect(results.map(({ status }) => status)).toEqual(all(() => 200))
    expect(process.sent, 'a statement of many').toContain('the process')
    expect(seen.filter(([, whose, store]) => whose !== store)).toEqual([])
    const times = (what: string) => seen.filter(([one]) => one === what).length
    expect({ onResult: times('onResult'), logger: times('logger'), hook: times('hook') }).toEqual({
      onResult: ROWS,
      logger: ROWS,
      hook: ROWS / 4,
    })
  })

  it(`${name}: each delivery has its own result, and is reported once`, async () => {
    const database = await databaseOf()
    const process = start(database)
    await warm(process)
    process.results.length = 0
    const results = await Promise.all(all((n) => process.clerkSync.receive(signedDelivery(updated(n, 1)))))
    expect(results.map((result) => [result.status, result.ok && result.outcome])).toEqual(all(() => [200, 'created']))
    expect(process.results.map(({ event }) => event?.data.id).sort()).toEqual(all(idOf))
    expect(process.results.every(({ durationMs }) => durationMs > 0)).toBe(true)
  })

  it(`${name}: close() waits for a burst that is under way`, async () => {
    const database = await databaseOf()
    const process = start(database)
    await warm(process)
    const answers = all((n) => process.apply(n, 1))
    await process.clerkSync.close()
    expect(await names(database)).toHaveLength(ROWS + 1)
    expect(await Promise.all(answers)).toEqual(all(() => 'created'))
    await expect(process.apply(1, 2)).rejects.toMatchObject({ code: 'closed' })
  })

  it(`${name}: where the database keeps all of them waiting, each has its answer in time, and what comes then is stored`, async () => {
    const database = await databaseOf()
    const process = start(database, { timeoutMs: 500 })
    await warm(process)
    const application = await transaction(database)
    await application.query(server.lockUsers)
    const settled = await Promise.allSettled(all((n) => process.apply(n, 1)))
    expect(settled.map((one) => one.status === 'rejected' && one.reason.code)).toEqual(all(() => 'store_failed'))
    await application.query(server.unlock)
    await vi.waitFor(async () => expect(await Promise.all(all((n) => process.apply(n, 2)))).toHaveLength(ROWS), 10_000)
    expect((await names(database)).filter((one) => one.startsWith('user_0'))).toHaveLength(ROWS)
  })
}

const OTHERS = Array.from({ length: ROWS }, (_, n) => n).filter((n) => n !== 7)
const idOf = (n: number) => `user_${String(n).padStart(3, '0')}`
const updated = (n: number, at: number, data: object = {}) => userEvent('user.updated', idOf(n), AT + at, { ...data })
const all = <T>(make: (n: number) => T): T[] => Array.from({ length: ROWS }, (_, n) => make(n))
