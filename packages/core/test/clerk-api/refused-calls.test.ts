// What the functions of a read refuse before they ask anybody, and by which name they do.
import { describe, expect, test } from 'vitest'
import {
  backfill,
  ensureMembership,
  ensureOrganization,
  reconcile,
  refresh,
  restore,
  tableStates,
} from '../../src/clerk-api/index.ts'
import { instanceOf } from '../../src/clerk-api/instance.ts'
import type { ClerkSync } from '../../src/index.ts'
import { ensureUser } from '../../src/index.ts'
import type { Rows } from '../../src/port/sync-adapter.ts'
import { deleted, envelope } from '../fixtures/payloads.ts'
import { send } from '../fixtures/sync.ts'
import { answer, clerk } from './scripted.ts'
import { failsWith, setting } from './setting.ts'

type Call = (clerkSync: ClerkSync<Rows>, more?: object) => Promise<unknown>
const given = (own: object, more: object = {}) => ({ secretKey: 'sk_test_1', ...own, ...more }) as never
const CALLS: readonly (readonly [name: string, call: Call])[] = [
  ['backfill', (clerkSync, more) => backfill(clerkSync, given({}, more))],
  ['reconcile', (clerkSync, more) => reconcile(clerkSync, given({}, more))],
  ['refresh', (clerkSync, more) => refresh(clerkSync, given({ entity: 'user', id: 'user_1' }, more))],
  ['restore', (clerkSync, more) => restore(clerkSync, given({ entity: 'user', id: 'user_1' }, more))],
  ['ensureUser', (clerkSync, more) => ensureUser(clerkSync as never, given({ userId: 'user_1' }, more))],
  [
    'ensureOrganization',
    (clerkSync, more) => ensureOrganization(clerkSync as never, given({ organizationId: 'org_1' }, more)),
  ],
  [
    'ensureMembership',
    (clerkSync, more) =>
      ensureMembership(clerkSync as never, given({ organizationId: 'org_1', userId: 'user_1' }, more)),
  ],
]

describe.each(CALLS)('%s', (name, call) => {
  test('is of what createClerkSync returned', async () => {
    await expect(call({} as never)).rejects.toEqual(
      failsWith('config_invalid', new RegExp(`^${name}\\(clerkSync.*what createClerkSync returned`)),
    )
  })

  test('names an option that there is not', async () => {
    const { clerkSync } = await setting()
    await expect(call(clerkSync as never, { secretkey: 'x' })).rejects.toEqual(
      failsWith('config_invalid', new RegExp(`^${name} has no option "secretkey": did you mean "secretKey"`)),
    )
  })

  test('does nothing after close()', async () => {
    const { clerkSync } = await setting()
    await clerkSync.close()
    await expect(call(clerkSync as never)).rejects.toEqual(failsWith('closed', new RegExp(`^${name} did nothing`)))
  })
})

test('tableStates() does nothing after close() either', async () => {
  const { clerkSync } = await setting()
  await clerkSync.close()
  await expect(tableStates(clerkSync)).rejects.toEqual(failsWith('closed', /^tableStates did nothing/))
})

describe.each([
  ['refresh', refresh],
  ['restore', restore],
] as const)('%s', (_, call) => {
  test.each<[options: object, code: 'config_invalid' | 'payload_invalid', message: RegExp]>([
    [{ entity: 'user', id: '' }, 'payload_invalid', /id must be the Clerk id of a user/],
    [{ entity: 'user', id: 5 }, 'payload_invalid', /id must be/],
    [{ entity: 'session', id: 'sess_1' }, 'config_invalid', /"session" cannot be read here, Clerk has no list of it/],
    [{ entity: 'users', id: 'user_1' }, 'config_invalid', /"users" cannot be read here/],
  ])('refuses %o', async (options, code, message) => {
    const { api, clerkSync, read } = await setting()
    await expect(call(clerkSync, { ...read, ...options } as never)).rejects.toEqual(failsWith(code, message))
    expect(api.requests).toEqual([])
  })
})

describe('the entities of a run', () => {
  test.each<[entities: unknown, message: RegExp]>([
    [[], /entities must be a list such as/],
    ['user', /entities must be a list such as/],
    [['user', 'session'], /"session" cannot be read here, Clerk has no list of it\. These can: user, /],
    [['person'], /"person" cannot be read here/],
  ])('cannot be %o', async (entities, message) => {
    const { api, clerkSync, read } = await setting()
    await expect(backfill(clerkSync, { ...read, entities } as never)).rejects.toEqual(
      failsWith('config_invalid', message),
    )
    expect(api.requests).toEqual([])
  })
})

describe('the instance of a key', () => {
  const ask = (given: ReturnType<typeof answer>, instanceId?: string, clerkClient?: object) => () =>
    instanceOf(clerk(() => given).api, { instanceId } as never, { clerkClient } as never)
  const client = (id: string) => ({ instance: { get: async () => ({ id }) } })

  test('is what Clerk says, where this database and the client say nothing else', async () => {
    expect(await ask(answer({ id: 'ins_1' }))()).toBe('ins_1')
    expect(await ask(answer({ id: 'ins_1' }), 'ins_1', client('ins_1'))()).toBe('ins_1')
  })

  test.each<
    [what: string, asked: () => Promise<unknown>, code: 'clerk_unavailable' | 'instance_mismatch', message: RegExp]
  >([
    ['an answer without an id', ask(answer({})), 'clerk_unavailable', /\/instance.*there is no id/],
    ['an id with another status', ask(answer({ id: 'ins_1' }, 404)), 'clerk_unavailable', /there is no id/],
    ['an id that is no text', ask(answer({ id: 1 })), 'clerk_unavailable', /there is no id/],
    [
      'another one',
      ask(answer({ id: 'ins_1' }), 'ins_2'),
      'instance_mismatch',
      /ins_1, and this database belongs to ins_2/,
    ],
    [
      'another client',
      ask(answer({ id: 'ins_1' }), 'ins_1', client('ins_2')),
      'instance_mismatch',
      /another Clerk instance/,
    ],
    [
      'a client that does not answer',
      ask(answer({ id: 'ins_1' }), undefined, { instance: { get: () => Promise.reject(new Error('away')) } }),
      'clerk_unavailable',
      /through clerkClient, was read/,
    ],
  ])('is not known with %s', async (_, asked, code, message) => {
    await expect(asked()).rejects.toEqual(failsWith(code, message))
  })
})

test('restore leaves a row that an event has written since', async () => {
  let meanwhile = async () => {}
  const { api, clerkSync, read, row } = await setting({
    users: 1,
    onAnswer: async ({ path }) => void (path.startsWith('/users/user_') && (await meanwhile())),
  })
  const [id = ''] = api.users.ids()
  await backfill(clerkSync, { ...read, entities: ['user'] })
  await send(clerkSync, envelope('user.deleted', deleted(id), { timestamp: Date.now() }))
  const removed = row('users', id)?.clerkVersion
  meanwhile = async () => {
    meanwhile = async () => {}
    await send(clerkSync, envelope('user.deleted', deleted(id), { timestamp: Date.now() + 5000 }))
  }
  expect(await restore(clerkSync, { ...read, entity: 'user', id })).toBe('not_deleted')
  expect(row('users', id)?.deletedAt).not.toBeNull()
  expect(row('users', id)?.clerkVersion).not.toBe(removed)
})
