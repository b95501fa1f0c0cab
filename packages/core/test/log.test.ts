import { fastify } from 'fastify'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { fastifyClerkSync } from '../src/hosts/fastify.ts'
import { createClerkSync } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { requestFor, SECRET, signed } from './fixtures/signing.ts'

type Options = Omit<Partial<Parameters<typeof createClerkSync>[0]>, 'adapter' | 'map'>

const BODY = envelope('user.created', user())

afterEach(() => void vi.restoreAllMocks())

/** What a logger, pino's in form, and the console were given. */
async function logOf(
  options: object,
  {
    refuse,
    body = BODY,
    id,
    faultOf,
  }: Partial<Record<'refuse', unknown>> & {
    body?: string
    id?: string
    faultOf?: (error: unknown) => 'unique_conflict' | undefined
  } = {},
) {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = []
  const printed: string[] = []
  const to = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message })
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((...args) => void printed.push(args.join(' ')))
  const call = refuse === undefined ? {} : { call: () => Promise.reject(refuse) }
  const adapter = { ...memoryAdapter({ users: { columns: { email: {} } } }, call), ...(faultOf && { faultOf }) }
  const logger = { info: to('info'), warn: to('warn'), error: to('error') }
  const given = typeof options === 'function' ? options(logger) : options
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, instanceId: 'ins_1', ...(given as Options) })
  await clerkSync.handler(requestFor(body, id === undefined ? {} : { id }))
  return { lines, printed }
}
const withLogger = (more: object = {}) => ((logger: object) => ({ logger, ...more })) as object

describe('a logger', () => {
  test('is told that an event is sent again where that may help, and the error itself is not', async () => {
    const again = / The event is sent again\. \(Error\)$/
    const onResult = vi.fn()
    const { lines } = await logOf(withLogger({ onResult }), { refuse: new Error('x') })
    expect(lines.map(({ message }) => message)).toEqual([expect.stringMatching(again)])
    expect(onResult.mock.calls[0]?.[0].error.message).not.toContain('sent again')
    const other = await logOf(withLogger({ instanceId: 'ins_2' }))
    expect(other.lines).toMatchObject([{ fields: { code: 'instance_mismatch' } }])
    expect(other.lines[0]?.message).not.toContain('sent again')
  })

  test('gets a line for each failure, with its fields, and none for a success', async () => {
    expect((await logOf(withLogger())).lines).toEqual([])
    const { lines, printed } = await logOf(withLogger(), { refuse: new Error('x'), id: 'msg_1' })
    expect(printed).toEqual([])
    expect(lines).toMatchObject([
      {
        level: 'error',
        fields: {
          lib: 'clerk-sync',
          status: 503,
          code: 'store_failed',
          docs: expect.stringMatching(/^https:\/\/\S+\/errors\/store_failed$/),
          eventType: 'user.created',
          messageId: 'msg_1',
          causes: 'Error',
        },
        message: expect.stringMatching(
          /^503 store_failed user\.created msg_1: user\.created for user_1 was not stored/,
        ),
      },
    ])
    expect(lines[0]?.fields).toMatchObject({ durationMs: expect.any(Number), lagMs: expect.any(Number) })
  })

  test('gets everything with verbose, and why an event was ignored', async () => {
    expect((await logOf(withLogger({ verbose: true }))).lines).toMatchObject([
      {
        level: 'info',
        fields: { status: 200, outcome: 'created' },
        message: expect.stringMatching(/^200 created user\.created/),
      },
    ])
    const { lines } = await logOf(withLogger({ verbose: true }), { body: envelope('sms.created', { id: 'sms_1' }) })
    expect(lines[0]?.message).toMatch(/200 ignored sms\.created .*: sms\.created fills no table, and there is no hook/)
  })

  test("what the database refused of a hook's own write is named, and no value", async () => {
    const refused = Object.assign(new Error('null value in column "company"'), {
      code: '23502',
      column: 'company',
      table: 'workspaces',
      detail: 'Failing row contains (ada@example.com, null).',
    })
    const hooks = { on: { 'user.created': () => Promise.reject(refused) } }
    const { lines } = await logOf(withLogger(hooks))
    expect(lines[0]?.message).toMatch(/hook_failed.*\(Error 23502: company is NOT NULL, in the table workspaces\)$/)
    expect(JSON.stringify(lines)).not.toContain('ada@example.com')
  })

  test('a hook that waited for a connection is asked whether it writes through tx', async () => {
    const hooks = { on: { 'user.created': () => Promise.reject(new Error('timeout exceeded when trying to connect')) } }
    const { lines } = await logOf(withLogger(hooks))
    expect(lines[0]?.message).toMatch(/hook_failed.*through db instead of tx\?.*write through tx/)
  })

  test('what is not signed is a warning', async () => {
    const { lines } = await logOf(withLogger(), { body: envelope('user.created', user()).replace('ins_1', 'ins_2') })
    expect(lines).toMatchObject([{ level: 'warn', fields: { code: 'instance_mismatch' } }])
  })

  test('no field holds personal data', async () => {
    // An id made at random has "ada" in it now and then.
    const { lines } = await logOf(withLogger({ verbose: true }), { id: 'msg_1' })
    expect(JSON.stringify(lines)).not.toMatch(/ada|lovelace|example\.com/i)
  })

  test('false: nothing is logged; with onResult alone, neither', async () => {
    for (const options of [{ logger: false }, { onResult: () => {} }]) {
      expect(await logOf(options, { refuse: new Error('x') })).toEqual({ lines: [], printed: [] })
    }
  })

  test('that throws changes no answer', async () => {
    const logger = { info() {}, warn() {}, error: () => Promise.reject(new Error('full disk')) }
    const { printed } = await logOf({ logger }, { refuse: new Error('x') })
    expect(printed).toEqual([expect.stringContaining('clerk-sync: logger threw')])
  })

  test.each<object>([{ logger: {} }, { logger: 'pino' }, { verbose: 'yes' }])('%o is refused', (options) => {
    const adapter = memoryAdapter({})
    expect(() => createClerkSync({ adapter, ...(options as Options) })).toThrow(/^(logger must|verbose is)/)
  })
})

describe('the error of a hook', () => {
  const hook = (error: unknown) => ({
    on: {
      'user.created': function greet() {
        throw error
      },
    },
  })

  test('is logged with its message and its stack', async () => {
    const { printed } = await logOf(hook(new Error('no plan called gold', { cause: new Error('404') })))
    expect(printed).toHaveLength(1)
    expect(printed[0]).toMatch(/^clerk-sync: 500 hook_failed user\.created .*The hook for user\.created threw/)
    expect(printed[0]).toMatch(/\nError: no plan called gold\n {4}at .*log\.test\.ts:\d+/)
    expect(printed[0]).toMatch(/\ncaused by Error: 404\n/)
  })

  test.each<[string, () => unknown, RegExp]>([
    ['JSON that is none', () => JSON.parse('"ada@example.com" '.repeat(2)), /\nSyntaxError\n {4}at /],
    ['another JSON', () => JSON.parse('ada@example.com'), /\nSyntaxError\n {4}at /],
    ['no number', () => BigInt('ada@example.com'), /\nSyntaxError\n {4}at /],
    ['no object', () => 'x' in ('ada@example.com' as unknown as object), /\nTypeError\n {4}at /],
    ['no URL', () => new URL('ada@example.com'), /\nTypeError ERR_INVALID_URL\n {4}at /],
    ['no base64', () => atob('ada@example.com'), /\nInvalidCharacterError\n {4}at /],
    ['what is not there', () => Reflect.get(JSON.parse('{}').a, 'b'), /\nTypeError\n {4}at /],
    [
      'a key of nothing',
      () => JSON.parse('{}').a['ada@example.com'],
      /\nTypeError: Cannot read properties of undefined\n/,
    ],
    [
      'no function',
      () => JSON.parse('{}').a(),
      /\nTypeError: JSON\.parse\(\.\.\.\)\.a is not a function\n|\nTypeError\n/,
    ],
  ])("that is JavaScript's (%s): no value that it quotes", async (_, run, words) => {
    const on = { 'user.created': () => void run() }
    const { printed } = await logOf({ on })
    expect(printed[0]).toMatch(words)
    expect(printed[0]).toMatch(/\n {4}at .*log\.test\.ts:\d+/)
    expect(printed[0]).not.toMatch(/\bada\b|example\.com/)
  })

  test.each<[string, Error]>([
    [
      "PlanetScale's",
      named('DatabaseError', 'target: db: Duplicate entry \'ada@example.com\' (errno 1062) BindVars: {v1: "ada"}'),
    ],
    ['an error that only its adapter knows', new Error('42: ada@example.com')],
  ])('of a database, without a code (%s): no value of the row', async (_, thrown) => {
    const faultOf = (error: unknown) => (String(error).includes('42: ') ? ('unique_conflict' as const) : undefined)
    const { printed } = await logOf({ ...hook(thrown) }, { faultOf })
    expect(printed[0]).toMatch(/\n {4}at .*log\.test\.ts:\d+/)
    expect(printed[0]).not.toMatch(/\bada\b|example\.com/)
  })

  test('a plain hook that reads before, without types', async () => {
    const read = (context: object) => void Reflect.get(context, 'before')
    const { printed } = await logOf({ on: { 'user.created': read } })
    expect(printed[0]).toMatch(/500 hook_failed[\s\S]*on\["user\.created"\] reads before[\s\S]*\{ before: true, run: /)
    const spread = (context: object) => void JSON.stringify({ ...context })
    expect((await logOf({ on: { 'user.created': spread } })).printed).toEqual([])
  })

  test('of a database: its code and its stack, and no value of the row', async () => {
    const driver = Object.assign(new Error('duplicate key\n    Key (email)=(ada@example.com)'), { code: '23505' })
    const wrapped = Object.assign(new Error('Failed query: insert\nparams: ada@example.com', { cause: driver }), {
      query: 'insert',
    })
    const { printed } = await logOf(hook(wrapped))
    expect(printed[0]).toMatch(/Error 23505/)
    expect(printed[0]).toMatch(/\n {4}at .*log\.test\.ts:\d+/)
    expect(printed[0]).not.toMatch(/ada|example\.com|Failed query/)
  })

  test('that is a missing table: the table is named', async () => {
    const driver = Object.assign(new Error('relation "workspaces" does not exist'), { code: '42P01' })
    const { printed } = await logOf(hook(new Error('Failed query: params: ada', { cause: driver })))
    expect(printed[0]).toMatch(/relation "workspaces" does not exist/)
    expect(printed[0]).not.toMatch(/params|\bada\b/)
  })

  test.each(['a plain text', 7, undefined])('that is none (%o) does not end the process', async (thrown) => {
    const { printed } = await logOf(hook(thrown))
    expect(printed).toEqual([expect.stringContaining('500 hook_failed')])
  })
})

test('the error of a map is logged with its message and its stack', async () => {
  const printed: string[] = []
  vi.spyOn(console, 'error').mockImplementation((...args) => void printed.push(args.join(' ')))
  const clerkSync = createClerkSync({
    adapter: memoryAdapter({ users: { columns: { email: {} } } }),
    signingSecret: SECRET,
    map: {
      user: (_, { email }) => {
        if (email === 'ada@example.com') throw new Error('who is this')
        return { email }
      },
    },
  })
  await clerkSync.handler(requestFor(BODY))
  expect(printed[0]).toMatch(/500 config_invalid .*map\.user threw on what Clerk sent/)
  expect(printed[0]).toMatch(/\nError: who is this\n {4}at .*log\.test\.ts:\d+/)
})

describe('a database that cannot store anything is told apart', () => {
  const refusals: [string, Error & { code?: string; errno?: number }, RegExp][] = [
    [
      'a wrong password',
      coded('28P01', 'password authentication failed for user "app"'),
      /refused the login: password/,
    ],
    [
      'on MySQL',
      coded('ER_ACCESS_DENIED_ERROR', "Access denied for user 'app'@'%'", 1045),
      /refused the login: Access/,
    ],
    [
      'a database that is away',
      coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432'),
      /be reached.*: connect.*connection URL/,
    ],
    ['several addresses of it', aggregate(), /be reached.*: connect ECONNREFUSED ::1:5432/],
    [
      'one that does not answer',
      new Error('timeout exceeded when trying to connect'),
      /be reached.*: timeout exceeded/,
    ],
    ['a missing table', coded('42P01', 'relation "users" does not exist'), /lacks.*: relation "users".*migrations/],
    ['on MySQL', coded('ER_NO_SUCH_TABLE', "Table 'app.users' doesn't exist", 1146), /lacks.*: Table 'app\.users'/],
    ['on SQLite', coded('SQLITE_ERROR', 'no such table: users'), /lacks.*: no such table: users/],
    ['a missing column', coded('42703', 'column "emial" does not exist'), /lacks.*: column "emial"/],
    [
      'a missing database',
      coded('3D000', 'database "ap" does not exist'),
      /refused the login: database "ap" does not exist\. Check the user, the password and the database/,
    ],
    [
      'no permission',
      coded('42501', 'permission denied for table users'),
      /does not allow it: permission denied.*Grant/,
    ],
    ['no connection left', coded('53300', 'sorry, too many clients already'), /no room left: sorry, too many clients/],
  ]
  test.each(refusals)('%s', async (_, refusal, words) => {
    const wrapped = new Error('Failed query: params: ada@example.com', { cause: refusal })
    const { printed } = await logOf({}, { refuse: wrapped })
    expect(printed[0]).toMatch(/^clerk-sync: 503 store_failed user\.created /)
    expect(printed[0]).toMatch(words)
    expect(printed[0]).not.toMatch(/ada@|params/)
  })

  test('an error of ours that an ORM has wrapped is told as it is', async () => {
    const { ClerkSyncError } = await import('../src/index.ts')
    const ours = new ClerkSyncError('store_failed', 'The commit was answered with ROLLBACK.')
    const { printed } = await logOf({}, { refuse: new Error('wrapped', { cause: ours }) })
    expect(printed[0]).toMatch(/store_failed .*The commit was answered with ROLLBACK/)
  })
})

describe('what comes from outside is printed without control characters', () => {
  const EVIL = 'x\u001b[2Jy\r\nclerk-sync: 200 forged\u202e'
  test.each([
    ['an event type', { body: envelope(EVIL as 'user.created', user()) }, { verbose: true }],
    ['an instance', { body: envelope('user.created', user()).replace('"ins_1"', JSON.stringify(EVIL)) }, {}],
  ])('%s', async (_, given, options) => {
    const { printed } = await logOf(options, given)
    expect(printed).toHaveLength(1)
    expect(printed[0]).toContain('x\\u001b[2Jy\\u000d\\u000aclerk-sync: 200 forged\\u202e')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(printed[0]).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
  })

  test('a method; a svix-id and an id, which are refused, are not printed at all', async () => {
    const printed: string[] = []
    for (const level of ['warn', 'error'] as const)
      vi.spyOn(console, level).mockImplementation((...args) => void printed.push(args.join(' ')))
    const call = () => Promise.reject(new Error('x'))
    const adapter = memoryAdapter({ users: { columns: { email: {} } } }, { call })
    const clerkSync = createClerkSync({ adapter, signingSecret: SECRET })
    await clerkSync.receive({ method: EVIL, headers: {}, body: '' })
    await clerkSync.receive({ headers: signed(BODY, { id: EVIL }), body: BODY })
    const body = envelope('user.created', { ...user(), id: EVIL })
    await clerkSync.receive({ headers: signed(body), body })
    expect(printed).toHaveLength(3)
    expect(printed[0]).toContain('x\\u001b[2Jy\\u000d\\u000a')
    for (const line of printed) expect(line.split('\n')).toHaveLength(1)
    for (const line of printed.slice(1)) expect(line).not.toContain('forged')
  })
})

describe('in Fastify', () => {
  async function linesOf(options: Options): Promise<Record<string, unknown>[]> {
    const lines: Record<string, unknown>[] = []
    const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
    const app = fastify({ logger: { level: 'info', stream }, disableRequestLogging: true })
    const adapter = memoryAdapter({ users: { columns: { email: {} } } })
    app.register(fastifyClerkSync, { clerkSync: createClerkSync({ adapter, signingSecret: SECRET, ...options }) })
    await app.inject({ method: 'POST', url: '/api/webhooks/clerk', headers: signed(BODY), payload: BODY })
    await app.inject({ method: 'POST', url: '/api/webhooks/clerk', payload: BODY })
    return lines
  }

  test("deliveries are logged by the request's own log", async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => expect.fail('the console was used'))
    expect(await linesOf({})).toMatchObject([
      {
        level: 40,
        reqId: expect.any(String),
        code: 'headers_missing',
        msg: expect.stringMatching(/^400 headers_missing/),
      },
    ])
    expect(await linesOf({ verbose: true })).toMatchObject([{ level: 30, outcome: 'created' }, { level: 40 }])
  })

  test('a logger of its own comes first', async () => {
    expect(await linesOf({ logger: false })).toEqual([])
    expect(await linesOf({ onResult: () => {} })).toEqual([])
  })
})

function coded(code: string, message: string, errno?: number): Error & { code: string } {
  return Object.assign(new Error(message), { code, ...(errno !== undefined && { errno }) })
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}

function aggregate(): Error & { code: string } {
  const errors = [coded('ECONNREFUSED', 'connect ECONNREFUSED ::1:5432')]
  return Object.assign(new AggregateError(errors, ''), { code: 'ECONNREFUSED' })
}

test('an error whose getters throw is answered and parked like any other', async () => {
  const throwing = (name: string) => ({
    get: () => {
      throw new Error(`${name} cannot be read`)
    },
  })
  const names = ['name', 'message', 'stack', 'cause', 'code']
  const error: unknown = Object.defineProperties(
    new Error('x'),
    Object.fromEntries(names.map((name) => [name, throwing(name)])),
  )
  const adapter = memoryAdapter({ users: { columns: { email: {} } } }, { deadLetters: true })
  const clerkSync = createClerkSync({
    adapter,
    signingSecret: SECRET,
    on: { 'user.created': () => Promise.reject(error) },
  })
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const result = await clerkSync.receive({ headers: signed(BODY), body: BODY })
  expect(result).toMatchObject({ status: 200, outcome: 'parked', error: { code: 'hook_failed' } })
})
