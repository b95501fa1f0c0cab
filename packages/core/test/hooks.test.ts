import { describe, expect, test } from 'vitest'
import { ClerkSyncError, createClerkSync } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import type { SyncAdapter } from '../src/port/index.ts'
import { deleted, envelope, T0, user } from './fixtures/payloads.ts'
import { SECRET } from './fixtures/signing.ts'
import { send, syncOf } from './fixtures/sync.ts'

const CREATED = envelope('user.created', user())
const UPDATED = envelope('user.updated', user({ updated_at: T0 + 1 }))
const DELETED = envelope('user.deleted', deleted('user_1'))
const FAILED = { status: 500, body: '{"code":"hook_failed"}' }

test('hooks without a ledger are refused at creation, and without hooks none is needed', async () => {
  expect(() => syncOf({ on: { 'user.created': () => {} } }, { ledger: false })).toThrow(
    expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(/ledger.*events table.*memory/) }),
  )
  expect(await send(syncOf({}, { ledger: false }), CREATED)).toMatchObject({ status: 200 })
  expect(await send(syncOf({ on: {} }, { ledger: false }), CREATED)).toMatchObject({ status: 200 })
  expect(await send(syncOf({ on: { 'user.created': undefined } }, { ledger: false }), CREATED)).toMatchObject({
    status: 200,
  })
})

describe('a hook', () => {
  test('gets the event, what became of the row, and the transaction', async () => {
    const seen: unknown[] = []
    const clerkSync = syncOf({
      on: {
        'user.created': ({ event, outcome, tx }) => {
          seen.push([event.id, event.type, event.data.id, event.timestamp, event.instanceId, outcome])
          tx.insert('workspaces', { id: 'ws_1', ownerId: event.data.id })
        },
      },
    })
    await send(clerkSync, CREATED, 'msg_1')
    expect(seen).toEqual([['msg_1', 'user.created', 'user_1', T0 + 20, 'ins_1', 'created']])
    expect(clerkSync.adapter.rows('workspaces')).toEqual([{ id: 'ws_1', ownerId: 'user_1' }])
    expect(clerkSync.adapter.rows('events')).toMatchObject([
      { id: 'msg_1', type: 'user.created', entityId: 'user_1', occurredAt: new Date(T0 + 20) },
    ])
  })

  test('runs whatever became of the row: a workspace does not depend on the order of arrival', async () => {
    const seen: unknown[] = []
    const hook = ({ event, outcome }: { event: { type: string }; outcome: string }) =>
      void seen.push([event.type, outcome])
    const clerkSync = syncOf({ on: { 'user.created': hook, 'user.updated': hook, 'user.deleted': hook } })
    for (const body of [UPDATED, CREATED, DELETED, UPDATED]) await send(clerkSync, body)
    expect(seen).toEqual([
      ['user.updated', 'created'],
      ['user.created', 'stale'],
      ['user.deleted', 'deleted'],
      ['user.updated', 'already_deleted'],
    ])
  })

  test('sees the row as its event left it', async () => {
    const seen: unknown[] = []
    const clerkSync = syncOf({ on: { 'user.updated': ({ tx }) => void seen.push(tx.get('users', 'user_1')) } })
    await send(clerkSync, UPDATED)
    expect(seen).toMatchObject([{ email: 'ada@example.com' }])
  })

  test('runs once for a message, however often it comes, also at the same time', async () => {
    const clerkSync = syncOf({ on: { 'user.created': ({ tx }) => tx.insert('workspaces', {}) } })
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(clerkSync, CREATED, 'msg_1')))
    expect(answers.map(({ body }) => body).sort()).toEqual([
      '{"outcome":"created"}',
      ...Array(9).fill('{"outcome":"duplicate"}'),
    ])
    expect(clerkSync.adapter.rows('workspaces')).toHaveLength(1)
  })

  test('of a type without a table gets its event, whatever shape that has', async () => {
    const seen: unknown[] = []
    const clerkSync = syncOf({
      on: {
        'sms.created': ({ event, outcome }) => void seen.push([event.data.to_phone_number, outcome]),
        'email.created': ({ event, outcome }) => void seen.push([event.data, outcome]),
      },
    })
    const message = envelope('sms.created', { id: 'sms_1', to_phone_number: '+15555550100' })
    expect(await send(clerkSync, message)).toMatchObject({ status: 200, body: '{"outcome":"unchanged"}' })
    expect(await send(clerkSync, envelope('email.created', {}))).toMatchObject({ status: 200 })
    expect(seen).toEqual([
      ['+15555550100', 'unchanged'],
      [{}, 'unchanged'],
    ])
    expect(clerkSync.adapter.rows('events')).toMatchObject([{ entityId: 'sms_1' }, { entityId: null }])
  })

  test('of an entity whose table was not passed runs, and nothing is stored', async () => {
    const adapter = memoryAdapter({ organizations: { columns: { name: {} } } })
    const clerkSync = createClerkSync({
      adapter,
      signingSecret: SECRET,
      on: { 'user.created': ({ event, tx, outcome }) => tx.insert('greetings', { id: event.data.id, outcome }) },
    })
    expect(await send(clerkSync, CREATED)).toMatchObject({ status: 200 })
    expect(adapter.rows('greetings')).toEqual([{ id: 'user_1', outcome: 'unchanged' }])
    expect(adapter.rows('users')).toEqual([])
  })

  test('is not called for an event that is no good', async () => {
    const clerkSync = syncOf({ on: { 'user.created': ({ tx }) => tx.insert('workspaces', {}) } })
    expect(await send(clerkSync, envelope('user.created', { ...user(), id: '' }))).toMatchObject({ status: 422 })
    expect(clerkSync.adapter.rows('workspaces')).toEqual([])
    expect(clerkSync.stored()).toEqual([])
  })
})

describe('what a hook returns is awaited', () => {
  test('a promise', async () => {
    const clerkSync = syncOf({
      on: {
        'user.created': async ({ tx }) => {
          await new Promise((resolve) => setImmediate(resolve))
          tx.insert('workspaces', { id: 'late' })
        },
      },
    })
    await send(clerkSync, CREATED)
    expect(clerkSync.adapter.rows('workspaces')).toEqual([{ id: 'late' }])
  })

  /** Like the query builders of ORMs: nothing happens until somebody awaits it. */
  class Query implements PromiseLike<void> {
    readonly #run: () => void
    constructor(run: () => void) {
      this.#run = run
    }
    // biome-ignore lint/suspicious/noThenProperty: that is what a query builder is
    then: PromiseLike<void>['then'] = (resolved, rejected) => Promise.resolve().then(this.#run).then(resolved, rejected)
  }

  test('a query that runs when it is awaited', async () => {
    const clerkSync = syncOf({
      on: { 'user.created': ({ tx }) => new Query(() => tx.insert('workspaces', { id: 'query' })) },
    })
    await send(clerkSync, CREATED)
    expect(clerkSync.adapter.rows('workspaces')).toEqual([{ id: 'query' }])
  })

  test('a query that fails', async () => {
    const cause = new Error('no such table')
    const query = () => {
      throw cause
    }
    const clerkSync = syncOf({ on: { 'user.created': () => new Query(query) } })
    expect(await send(clerkSync, CREATED)).toMatchObject(FAILED)
    expect(clerkSync.results).toMatchObject([{ error: { cause } }])
  })
})

describe('a hook that throws', () => {
  const failures: [string, () => unknown, unknown][] = [
    ['an error', () => raise(new Error('x')), expect.objectContaining({ message: 'x' })],
    ['asynchronously', () => Promise.reject(new Error('y')), expect.objectContaining({ message: 'y' })],
    ['what is no error', () => raise('text'), 'text'],
    ['undefined', () => raise(undefined), undefined],
    ['an error of a database', () => raise(Object.assign(new Error('z'), { code: '23505' })), expect.anything()],
  ]
  test.each(failures)('%s: hook_failed with its cause, and nothing stays', async (_, fail, cause) => {
    const clerkSync = syncOf({
      on: {
        'user.created': ({ tx }) => {
          tx.insert('workspaces', {})
          return fail()
        },
      },
    })
    expect(await send(clerkSync, CREATED, 'msg_1')).toMatchObject(FAILED)
    expect(clerkSync.results).toMatchObject([
      { error: { code: 'hook_failed', message: expect.stringMatching(/user\.created/) } },
    ])
    expect(clerkSync.results).toMatchObject([{ error: { cause } }])
    expect(clerkSync.adapter.rows('workspaces')).toEqual([])
    expect(clerkSync.stored()).toEqual([])
  })

  function raise(error: unknown): never {
    throw error
  }

  test('once, succeeds with the next attempt of the same message', async () => {
    let attempts = 0
    const clerkSync = syncOf({
      on: {
        'user.created': ({ tx }) => {
          tx.insert('workspaces', {})
          if (++attempts === 1) throw new Error('first')
        },
      },
    })
    expect(await send(clerkSync, CREATED, 'msg_1')).toMatchObject(FAILED)
    expect(await send(clerkSync, CREATED, 'msg_1')).toMatchObject({ status: 200, body: '{"outcome":"created"}' })
    expect(clerkSync.adapter.rows('workspaces')).toHaveLength(1)
  })

  test('for a passing reason is called again, and its writes happen once', async () => {
    let calls = 0
    const clerkSync = syncOf({
      on: {
        'user.created': ({ tx }) => {
          tx.insert('workspaces', {})
          if (++calls < 3) throw Object.assign(new Error('deadlock'), { code: '40P01' })
        },
      },
    })
    expect(await send(clerkSync, CREATED)).toMatchObject({ status: 200 })
    expect(calls).toBe(3)
    expect(clerkSync.adapter.rows('workspaces')).toHaveLength(1)
  })
})

describe('blame', () => {
  const deadlock = Object.assign(new Error('deadlock'), { code: '40P01' })
  const refused = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' })

  /** An adapter whose transaction runs the hook, and then does what the test says. */
  function adapterThat(once: (hook: () => unknown) => Promise<'created'>): SyncAdapter {
    return { ...memoryAdapter({}), once: (_event, _change, hook) => once(() => hook(undefined, 'created', undefined)) }
  }
  async function codeOf(adapter: SyncAdapter, hook: () => unknown) {
    const clerkSync = createClerkSync({
      adapter,
      signingSecret: SECRET,
      on: { 'user.created': hook },
      onResult: () => {},
    })
    return (await send(clerkSync, CREATED)).body
  }

  test('is the database’s where the commit fails after the hook', async () => {
    const adapter = adapterThat(async (hook) => {
      await hook()
      throw refused
    })
    expect(await codeOf(adapter, () => {})).toBe('{"code":"store_failed"}')
  })

  test('is the database’s where a later attempt fails before its hook', async () => {
    const adapter = adapterThat(async (hook) => {
      await Promise.resolve(hook()).catch(() => {})
      throw refused
    })
    expect(await codeOf(adapter, () => Promise.reject(deadlock))).toBe('{"code":"store_failed"}')
  })

  test('is the hook’s also where the ORM wraps what it threw', async () => {
    const adapter = adapterThat(async (hook) => {
      try {
        await hook()
      } catch (cause) {
        throw new Error('Transaction failed', { cause })
      }
      return 'created'
    })
    expect(await codeOf(adapter, () => Promise.reject(new Error('mine')))).toBe('{"code":"hook_failed"}')
  })

  test('is what the adapter says where it puts the hook’s error into one of its own: it knows more', async () => {
    const adapter = adapterThat(async (hook) => {
      try {
        await hook()
      } catch (cause) {
        throw new ClerkSyncError('config_invalid', 'The hook used a connection that is not its own.', { cause })
      }
      return 'created'
    })
    expect(await codeOf(adapter, () => Promise.reject(new Error('mine')))).toBe('{"code":"config_invalid"}')
    // One that the hook itself threw is the hook's, whatever its code.
    const thrown = new ClerkSyncError('config_invalid', 'Thrown by the application.')
    const passing = adapterThat(async (hook) => {
      await hook()
      return 'created'
    })
    expect(await codeOf(passing, () => Promise.reject(thrown))).toBe('{"code":"hook_failed"}')
  })
})
