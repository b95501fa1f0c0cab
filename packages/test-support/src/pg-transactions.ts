import type { ClerkSync } from '@clerk-sync/core'
import { chainOf, prop } from '@clerk-sync/core/adapter'
import { startFaultProxy, startPgBouncer } from '@clerk-sync/fault-proxy'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { userEvent } from './events.ts'
import { postgresTables } from './kit-tables.ts'
import { relayTo } from './relay.ts'

type Hook = (send: (text: string) => Promise<unknown>) => unknown
/** A sync whose hook of `user.created` writes a row of `welcomes`, and then does what it is given. */
type SyncOver = (pool: pg.Pool, hook: Hook) => Pick<ClerkSync, 'apply'>

const created = userEvent('user.created', 'user_1', 1_760_000_000_000)
const INTO_LEDGER = /^insert into \S*events/

/** Calls back as an instrumented client does: OpenTelemetry puts a function of its own in place of the callback. */
class Instrumented extends pg.Client {
  override query(...args: unknown[]): never {
    const statement: unknown = args[0]
    if (typeof statement === 'object' && statement !== null && 'callback' in statement) {
      const { callback } = statement
      if (typeof callback === 'function') {
        statement.callback = (...given: unknown[]) => Reflect.apply(callback, undefined, given)
      }
    }
    return Reflect.apply(super.query, this, args) as never
  }
}

/** Sends a copy, with a comment: of what had methods, the copy has none. */
class Commenting extends pg.Client {
  override query(...args: unknown[]): never {
    const statement: unknown = args[0]
    if (typeof statement === 'object' && statement !== null && 'text' in statement && !('name' in statement)) {
      args[0] = { ...statement, text: `${statement.text} /* traced */` }
    }
    return Reflect.apply(super.query, this, args) as never
  }
}

const CLIENTS: Readonly<Record<string, pg.PoolConfig & { readonly pipeline?: boolean }>> = {
  'as they are': {},
  'that are instrumented': { Client: Instrumented },
  'that add comments': { Client: Commenting },
  'that send a pipeline': { pipeline: true },
}

/** What must hold where `begin` is sent along with the first statement, and the state of the transaction is what the driver was told. */
export function testPgTransactions(suite: string, syncOver: SyncOver): void {
  async function open() {
    const { url, query } = await postgresTables(suite, onTestFinished)
    const sync = (hook: Hook = () => {}, config: pg.PoolConfig = {}) => {
      const pool = new pg.Pool({ connectionString: url, max: 1, ...config })
      onTestFinished(() => pool.end())
      return { pool, apply: (event = created) => syncOver(pool, hook).apply(event) }
    }
    const kept = async () => {
      const rows = (table: string) => query(`select 1 from ${table}`).then(({ length }) => length)
      return [await rows('users'), await rows('events'), await rows('welcomes')]
    }
    return { url, query, sync, kept }
  }

  it('a delivery with a hook is three round trips, and those of the hook', async () => {
    const { url, sync, kept } = await open()
    const relay = await relayTo(url)
    onTestFinished(relay.close)
    const { apply } = sync(() => {}, { connectionString: relay.url })
    await apply(userEvent('user.created', 'warm_up', 1_760_000_000_000))
    const before = relay.trips()
    expect(await apply()).toBe('created')
    expect(relay.trips() - before).toBe(3 + 1)
    expect(await kept()).toEqual([2, 2, 2])
  })

  it.for(Object.entries(CLIENTS))('on clients %s, an event has its effect once', async ([, config]) => {
    const { sync, kept } = await open()
    const { apply } = sync(() => {}, config)
    expect(await apply()).toBe('created')
    expect(await apply()).toBe('duplicate')
    expect(await kept()).toEqual([1, 1, 1])
    const refused = sync(() => Promise.reject(new Error('the other half failed')), config)
    await expect(refused.apply(userEvent('user.created', 'user_2', 1))).rejects.toMatchObject({ code: 'hook_failed' })
    expect(await kept()).toEqual([1, 1, 1])
  })

  it('a client that the application still uses is waited for', async () => {
    const { sync, kept } = await open()
    const { pool, apply } = sync()
    const answers: Promise<unknown>[] = []
    pool.on('connect', (client) => answers.push(client.query('select pg_sleep($1)', [0.05])))
    pool.on('acquire', (client) => answers.push(client.query("select 'mine' as word")))
    expect(await apply()).toBe('created')
    expect(await apply(userEvent('user.created', 'user_2', 1))).toBe('created')
    expect(await Promise.all(answers)).toContainEqual(expect.objectContaining({ rows: [{ word: 'mine' }] }))
    expect(await kept()).toEqual([2, 2, 2])
  })

  it('where the first statement is refused, its error is told, and no transaction stays open', async () => {
    const { query, sync, kept } = await open()
    const { apply } = sync()
    await query('alter table events rename to elsewhere')
    const noTable = (error: unknown) => [...chainOf(error)].some((link) => prop(link, 'code') === '42P01')
    await expect(apply()).rejects.toSatisfy(noTable)
    const OPEN = "select 1 from pg_stat_activity where datname = current_database() and state like 'idle in trans%'"
    expect(await query(OPEN)).toEqual([])
    await query('alter table elsewhere rename to events')
    expect(await apply()).toBe('created')
    expect(await kept()).toEqual([1, 1, 1])
  })

  it.for([
    ['before begin', /^begin$/, 'before'],
    ['between begin and the statement that goes with it', INTO_LEDGER, 'before'],
    ['before the answer to both', /^begin$/, 'after'],
    ['before commit', /^commit$/, 'before'],
  ] as const)('a connection that is cut %s leaves nothing, and is not used again', async ([, at, when]) => {
    const { url, sync, kept } = await open()
    const proxy = await startFaultProxy({ target: url, protocol: 'postgres' })
    onTestFinished(() => proxy.close())
    const { apply } = sync(() => {}, { connectionString: proxy.url() })
    const cut = proxy.rule({ at, do: 'cut', when })
    await expect(apply()).rejects.toMatchObject({ status: 503 })
    expect(cut.hits()).toBe(1)
    expect(await kept()).toEqual([0, 0, 0])
    expect(await apply()).toBe('created')
    expect(await kept()).toEqual([1, 1, 1])
  })

  it('an error that the hook caught is noticed before the commit', async () => {
    const { sync, kept } = await open()
    const { apply } = sync((send) => send('select * from no_such_table').catch(() => {}))
    const error = { code: 'store_failed', message: expect.stringContaining('A statement of the hook failed') }
    await expect(apply()).rejects.toMatchObject(error)
    expect(await kept()).toEqual([0, 0, 0])
  })

  it.for([
    ['fails when all is looked at', 'select * from no_such_table', /commit was answered with ROLLBACK/],
    ['ends the transaction', 'rollback', /does not have the message/],
  ] as const)('a statement past the library that %s is noticed', async ([, text, message]) => {
    const { sync, kept } = await open()
    let client: pg.PoolClient | undefined
    let answer: unknown
    const { pool, apply } = sync(() => {
      answer = client?.query(text).catch(() => {})
      // Left running where it fails: what the driver was told last is that the transaction stands.
      return text === 'rollback' ? answer : undefined
    })
    pool.on('acquire', (acquired) => {
      client = acquired
    })
    await expect(apply()).rejects.toMatchObject({ code: 'store_failed', message: expect.stringMatching(message) })
    await answer
    expect(await kept()).toEqual([0, 0, 0])
  })

  it('a claim that goes by a foreign key is noticed', async () => {
    const { query, sync, kept } = await open()
    await query(`alter table events add foreign key (entity_id) references users (id)
      on delete cascade deferrable initially deferred`)
    const { apply } = sync((send) => send('delete from users'))
    await expect(apply()).rejects.toThrow(/does not have the message/)
    expect(await kept()).toEqual([0, 0, 0])
  })

  it.for(['users', 'events'])(
    'a statement that is prepared for other columns of %s is sent anew, and the hook runs once',
    async (table) => {
      const { query, sync, kept } = await open()
      let runs = 0
      const { apply } = sync(() => {
        runs++
      })
      expect(await apply()).toBe('created')
      await query(`alter table ${table} alter column id type varchar(64)`)
      expect(await apply(userEvent('user.created', 'user_2', 1))).toBe('created')
      expect(await apply(userEvent('user.created', 'user_3', 1))).toBe('created')
      expect(runs).toBe(3)
      expect(await kept()).toEqual([3, 3, 3])
    },
  )

  it('behind a pooler of transactions, every delivery that is answered is in the database', async () => {
    const { url, sync, kept } = await open()
    const bouncer = await startPgBouncer({ target: url })
    onTestFinished(() => bouncer.close())
    const { apply } = sync(() => {}, { connectionString: bouncer.url, max: 6 })
    const events = Array.from({ length: 60 }, (_, n) => userEvent('user.created', `user_${n}`, 1_760_000_000_000))
    expect(await Promise.all(events.map((event) => apply(event)))).toEqual(events.map(() => 'created'))
    expect(await kept()).toEqual([60, 60, 60])
  })
}
