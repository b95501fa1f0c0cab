// From JavaScript or a configuration file, where no compiler looks.
import fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { fastifyClerkSync } from '../src/hosts/fastify.ts'
import { toLambdaHandler } from '../src/hosts/lambda.ts'
import { toNodeHandler } from '../src/hosts/node.ts'
import { createClerkSync, ensureUser } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { SECRET } from './fixtures/signing.ts'
import { TABLES } from './fixtures/sync.ts'

const create = (options: unknown) => createClerkSync(options as never)
const adapter = memoryAdapter(TABLES)
const parking = memoryAdapter(TABLES, { deadLetters: true })

describe('an option that was misspelt is named, with the one that was meant', () => {
  test.each([
    ['hooks for on', { adapter, hooks: {} }, /no option "hooks": did you mean "on"/],
    ['secret for signingSecret', { adapter, secret: SECRET }, /"secret": did you mean "signingSecret"/],
    ['signingsecret', { adapter, signingsecret: SECRET }, /did you mean "signingSecret"/],
    ['ondelete', { adapter, ondelete: 'keep' }, /did you mean "onDelete"/],
    ['instanceID', { adapter, instanceID: 'ins_1' }, /did you mean "instanceId"/],
    ['something else', { adapter, colour: 'red' }, /no option "colour"\. It has adapter, signingSecret/],
    ['a misspelt event', { adapter, on: { 'user.create': () => {} } }, /did you mean "user\.created"/],
    ['an event in the plural', { adapter, on: { 'users.created': () => {} } }, /did you mean "user\.created"/],
    ['an event in snake_case', { adapter, on: { user_created: () => {} } }, /did you mean "user\.created"/],
    ['no event at all', { adapter, on: { signUp: () => {} } }, /"signUp" is no event type/],
  ])('%s', (_, options, message) => {
    expect(() => create(options)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(message) }),
    )
  })
})

describe('a value that cannot be meant is refused', () => {
  test.each([
    ['nothing', undefined, /takes an object/],
    ['no adapter', {}, /needs an adapter/],
    ['a database for an adapter', { adapter: { select() {} } }, /needs an adapter/],
    ["onDelete: 'delete'", { adapter, onDelete: 'delete' }, /'erase' \(default\), 'keep', or 'remove' .*; "delete"/],
    ['onDelete: null', { adapter, onDelete: null }, /null is none of them/],
    ['a hook that is no function', { adapter, on: { 'user.created': true } }, /must be a function/],
    ['hooks in a list', { adapter, on: [] }, /on must be an object/],
    ['maps in a function', { adapter, map: () => {} }, /map must be an object/],
    ['a map that is no function', { adapter, map: { user: {} } }, /map\.user must be a function/],
    ['a map for null', { adapter, map: { user: null } }, /map\.user must be a function.* null/],
    ['onResult: true', { adapter, onResult: true }, /onResult must be a function/],
    ['timeoutMs: 0', { adapter, timeoutMs: 0 }, /timeoutMs must be a positive/],
    ['timeoutMs beyond what timers take', { adapter, timeoutMs: 2 ** 31 }, /timeoutMs must be/],
    ["maxBodyBytes: '1mb'", { adapter, maxBodyBytes: '1mb' }, /maxBodyBytes must be/],
    ['instanceId: 7', { adapter, instanceId: 7 }, /instanceId must be/],
    ['signingSecret: 7', { adapter, signingSecret: 7 }, /malformed/],
    ['an adapter that is null', { adapter: null }, /needs an adapter/],
    ['half of an adapter', { adapter: { ...adapter, softDelete: undefined } }, /needs an adapter/],
    ['hooks that are null', { adapter, on: null }, /on must be an object/],
    ['maps that are null', { adapter, map: null }, /map must be an object/],
    ['maps in a list', { adapter, map: [] }, /map must be an object/],
    ['timeoutMs: 1.5', { adapter, timeoutMs: 1.5 }, /timeoutMs must be a positive/],
    ["timeoutMs: '5000'", { adapter, timeoutMs: '5000' }, /timeoutMs must be a positive/],
    ['an instance that is none', { adapter, instanceId: 'org_1' }, /instanceId must be what Clerk calls/],
    ['an instance without its id', { adapter, instanceId: 'ins_' }, /instanceId must be/],
    ['an instance with words before', { adapter, instanceId: 'my ins_1' }, /instanceId must be/],
    ['an instance with words behind', { adapter, instanceId: 'ins_1 of mine' }, /instanceId must be/],
    ["verbose: 'yes'", { adapter, verbose: 'yes' }, /verbose is true, or false/],
    [
      'a logger without warn',
      { adapter, logger: { info() {}, error() {} } },
      /logger must have the methods info, warn/,
    ],
    ['logger: true', { adapter, logger: true }, /logger must have the methods/],
    ['parkPerMinute: 0', { adapter: parking, parkPerMinute: 0 }, /parkPerMinute must be a positive .* of events/],
    ["parkAfterMs: '1h'", { adapter: parking, parkAfterMs: '1h' }, /parkAfterMs must be a positive .* of milliseconds/],
    ['parkPerMinute without a table', { adapter, parkPerMinute: 5 }, /memory has no table for them: pass deadLetters/],
    ['an event before whose name there is more', { adapter, on: { 'a user.left': () => {} } }, /is no event type/],
    ['an event behind whose name there is more', { adapter, on: { 'user.left.early': () => {} } }, /is no event type/],
    ['an event without a verb', { adapter, on: { 'guest.': () => {} } }, /is no event type/],
  ])('%s', (_, options, message) => {
    expect(() => create(options)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(message) }),
    )
  })

  test.each<[what: string, options: object]>([
    ['the longest time that timers take', { timeoutMs: 2 ** 31 - 1 }],
    ['the shortest one, and the smallest body', { timeoutMs: 1, maxBodyBytes: 1 }],
    ['an instance', { instanceId: 'ins_2abC' }],
    ['no log', { logger: false }],
    ['a log of one’s own', { logger: { info() {}, warn() {}, error() {} } }],
    ['one letter in a minute', { adapter: parking, parkPerMinute: 1, parkAfterMs: 1 }],
    ['a hook that is left out', { on: { 'user.created': undefined } }],
  ])('%s is taken', (_, options) => {
    expect(() => create({ adapter, ...options })).not.toThrow()
  })
})

describe('a hook that asks for the row as it was', () => {
  const run = () => {}
  const on = (type: string, hook: unknown) => () => create({ adapter: few, on: { [type]: hook } })
  const few = memoryAdapter({ users: { columns: { email: {} } } })

  test('is of an event whose table the adapter has', () => {
    expect(on('user.updated', { before: true, run })).not.toThrow()
    for (const type of ['organization.updated', 'email.created', 'user.merged']) {
      expect(on(type, { before: true, run })).toThrow(
        invalid(new RegExp(`on\\["${type}"\\] asks for the row as it was before, and memory was given no table that`)),
      )
      expect(on(type, run)).not.toThrow()
    }
  })

  test.each<[what: string, hook: unknown]>([
    ['without its function', { before: true }],
    ['whose function is none', { before: true, run: 'later' }],
    ['that does not say so', { run }],
    ['that says it in a word', { before: 'yes', run }],
    ['that is null', null],
  ])('is refused %s', (_, hook) => {
    expect(on('user.updated', hook)).toThrow(
      invalid(
        /^on\["user\.updated"\] must be a function that takes \{ event, tx, outcome \}, or \{ before: true, run \}/,
      ),
    )
  })
})

test('an event type that Clerk will add is taken: it may be one of tomorrow', () => {
  expect(() => create({ adapter, on: { 'user.merged': () => {} } })).not.toThrow()
})

describe('a table that is not there is refused: every event would be ignored in silence', () => {
  test('undefined, as by a wrong import', () => {
    expect(() => memoryAdapter({ users: undefined } as never)).toThrow(
      invalid(/memoryAdapter: users is undefined, and its events would be ignored/),
    )
  })

  test('none at all, unless there is a hook', () => {
    expect(() => create({ adapter: memoryAdapter({}) })).toThrow(
      invalid(/memory was given no table and there is no hook/),
    )
    expect(() => create({ adapter: memoryAdapter({}), on: { 'email.created': () => {} } })).not.toThrow()
  })

  test('a hook without the ledger says how the ledger is passed', () => {
    const bare = memoryAdapter(TABLES, { ledger: false })
    expect(() => create({ adapter: bare, on: { 'user.created': () => {} } })).toThrow(
      invalid(/events: clerkEventsTable\(\) \}\)\. memory was given none/),
    )
  })
})

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(message) })
const clerkSync = createClerkSync({ adapter })

describe('a host given something else than clerkSync says so when the route is made', () => {
  const others: [string, unknown, RegExp][] = [
    ['a text', 'clerkSync', /was given a string\.$/],
    ['null', null, /was given null: is it imported before it is made\?\.$/],
    ['nothing', undefined, /takes what createClerkSync returned, and was given undefined: is it imported/],
    ['an adapter', adapter, /was given an adapter: pass createClerkSync\(\{ adapter \}\)/],
    ['a handler', clerkSync.handler, /was given a function: pass clerkSync itself/],
    ['a promise', Promise.resolve(clerkSync), /was given a promise: await it/],
    ['options', { adapter }, /was given another object/],
  ]
  test.each(others)('toNodeHandler: %s', (_, given, message) => {
    expect(() => toNodeHandler(given as never)).toThrow(invalid(message))
    expect(() => toNodeHandler(given as never)).toThrow(/^toNodeHandler\(clerkSync\) takes/)
  })
  test.each(others)('toLambdaHandler: %s', (_, given, message) => {
    expect(() => toLambdaHandler(given as never)).toThrow(invalid(message))
    expect(() => toLambdaHandler(given as never)).toThrow(/^toLambdaHandler\(clerkSync\) takes/)
  })
  test.each(others)('fastifyClerkSync: %s', async (_, given, message) => {
    const app = fastify().register(fastifyClerkSync, { clerkSync: given as never })
    await expect(app.ready()).rejects.toThrow(invalid(message))
    await expect(app.ready()).rejects.toThrow(/^app\.register\(fastifyClerkSync, \{ clerkSync \}\) takes/)
  })

  test.each<[string, object, RegExp]>([
    ['route for path', { route: '/clerk' }, /fastifyClerkSync has no option "route": did you mean "path"/],
    ['a path without its slash', { path: 'api/clerk' }, /path must begin with a slash.*"api\/clerk"/],
    ['path: 7', { path: 7 }, /path must begin with a slash/],
  ])('fastifyClerkSync: %s', async (_, options, message) => {
    await expect(
      fastify()
        .register(fastifyClerkSync, { clerkSync, ...options })
        .ready(),
    ).rejects.toThrow(invalid(message))
  })
})

describe('ensureUser says which of its arguments is wrong', () => {
  const userId = 'user_1'
  const secretKey = 'sk_test_x'
  test.each<[string, unknown, unknown, RegExp]>([
    ['an adapter for clerkSync', adapter, { secretKey, userId }, /takes what createClerkSync returned first/],
    ['no options', clerkSync, undefined, /ensureUser takes an object with userId, secretKey/],
    ['the id alone', clerkSync, 'user_1', /ensureUser takes an object with userId, secretKey/],
    ['user_id', clerkSync, { secretKey, user_id: userId }, /no option "user_id": did you mean "userId"/],
    ['no key', clerkSync, { userId }, /there is no secret key. Set CLERK_SECRET_KEY/],
    ['a publishable key', clerkSync, { secretKey: 'pk_test_x', userId }, /the secret key is none of Clerk's/],
    ['a client of @clerk/backend', clerkSync, { secretKey, clerkClient: {}, userId }, /no option "clerkClient"/],
    ['no address', clerkSync, { secretKey, apiUrl: 'api', userId }, /apiUrl.*must be an address/],
    [
      'no limit',
      clerkSync,
      { secretKey, limits: { requestsPer10s: 0 }, userId },
      /requestsPer10s must be a number above 0/,
    ],
  ])('%s', async (_, sync, options, message) => {
    await expect(ensureUser(sync as never, options as never)).rejects.toThrow(invalid(message))
  })
})

describe('memoryAdapter says which of its arguments is wrong', () => {
  const users = { columns: { email: {} } }
  test.each<[string, unknown, unknown, RegExp]>([
    ['no tables', undefined, {}, /memoryAdapter takes an object of tables/],
    ['a misspelt table', { user: users }, {}, /There is no table "user": did you mean "users"\?/],
    ['memberships', { memberships: users }, {}, /no table "memberships": did you mean "organizationMemberships"\?/],
    ['in snake_case', { organization_domains: users }, {}, /did you mean "organizationDomains"\?/],
    ['one invitation', { Invitation: users }, {}, /did you mean "organizationInvitations"\?/],
    [
      'a table of the application',
      { posts: users },
      {},
      /There is no table "posts"\. Pass an object of tables, \{ users \}; it can have users, /,
    ],
    ['columns without their name', { users: { email: {} } }, {}, /table for user has no option "email"/],
    ['a list of columns', { users: { columns: ['email'] } }, {}, /table for user takes its columns: \{ columns:/],
    [
      'notNull',
      { users: { columns: { email: { notNull: true } } } },
      {},
      /no option "notNull": did you mean "required"/,
    ],
    ['a misspelt option', { users }, { legder: false }, /no option "legder": did you mean "ledger"/],
    ['ledger: null', { users }, { ledger: null }, /ledger is true \(default\) or false/],
    ['another database', { users }, { database: {} }, /database must be a MemoryDatabase/],
    ['call: true', { users }, { call: true }, /call must be a function/],
  ])('%s', (_, tables, options, message) => {
    expect(() => Reflect.apply(memoryAdapter, undefined, [tables, options])).toThrow(invalid(message))
  })
})
