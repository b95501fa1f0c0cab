// What a log says of the errors behind one of ours: enough to mend it, and never a value of a row.
import { describe, expect, test } from 'vitest'
import { explainCauses } from '../src/delivery/explain-causes.ts'
import { ClerkSyncError } from '../src/index.ts'

const ADA = 'ada@example.com'
const withFields = (fields: object, message = `about ${ADA}`) => Object.assign(new Error(message), fields)
const named = (name: string) => withFields({ name })

/** Of what the library's own statement met. */
const ofStore = (cause: unknown, faultOf?: Parameters<typeof explainCauses>[1]) =>
  explainCauses(new ClerkSyncError('store_failed', 'It was not stored.', { cause }), faultOf)
/** Of what a hook threw. */
const ofHook = (cause: unknown, faultOf?: Parameters<typeof explainCauses>[1]) =>
  explainCauses(new ClerkSyncError('hook_failed', 'The hook threw.', { cause, thrownBy: 'hook' }), faultOf)
const firstLine = (stack: string | undefined) => stack?.split('\n')[0]

describe('the names', () => {
  test.each<[cause: unknown, names: string]>([
    [undefined, ''],
    [new Error(ADA), 'Error'],
    [withFields({ code: 'E_OWN' }), 'Error E_OWN'],
    [withFields({ code: 7, name: 'Odd' }), 'Odd'],
    [withFields({ name: 7 }), ''],
    [ADA, 'string'],
    [null, 'object'],
    [{ message: ADA }, 'object'],
    [new TypeError(ADA, { cause: withFields({ code: '23505' }) }), 'TypeError < Error 23505'],
    [new Error(ADA, { cause: ADA }), 'Error < string'],
    [named('Forged\nline'), 'Forged\\u000aline'],
    [new ClerkSyncError('store_failed', 'The commit was lost.'), 'ClerkSyncError store_failed: The commit was lost.'],
    [withFields({ code: '42P01' }, 'relation "users" does not exist'), 'Error 42P01: relation "users" does not exist'],
    [withFields({ code: 'ECONNREFUSED', sqlMessage: 'away' }), 'Error ECONNREFUSED: away'],
  ])('of %o', (cause, names) => {
    expect(ofStore(cause)).toEqual({ names, stack: undefined })
  })

  test('of several addresses that did not answer have the first', () => {
    const cause = Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1')], ''), {
      code: 'ECONNREFUSED',
    })
    expect(ofStore(cause).names).toBe('AggregateError ECONNREFUSED: connect ECONNREFUSED ::1')
  })

  test('of what a hook met say the rule and the table, which of the library’s own write the message has', () => {
    const refused = { code: '23502', column: 'company' }
    expect(ofStore(withFields(refused)).names).toBe('Error 23502')
    expect(ofHook(withFields(refused)).names).toBe('Error 23502: company is NOT NULL')
    expect(ofHook(withFields({ ...refused, table: 'plans' })).names).toMatch(/is NOT NULL, in the table plans$/)
    expect(ofHook(withFields({ ...refused, table_name: 'plans' })).names).toMatch(/is NOT NULL, in the table plans$/)
    for (const fields of [
      { column_name: 'company', code: '23502' },
      { constraint: 'company', code: '23514' },
    ]) {
      expect(ofHook(withFields(fields)).names).toMatch(/company (?:is NOT NULL|forbids it)$/)
    }
    const raised = { code: 'P0001', where: 'PL/pgSQL function check_email() line 2 at RAISE' }
    expect(ofHook(withFields(raised)).names).toMatch(/^Error P0001: check_email, which a trigger calls, raised/)
  })

  test('of an error whose getters throw are what is left of it', () => {
    const cause = new Error(ADA)
    for (const field of ['name', 'code', 'message', 'cause']) {
      Object.defineProperty(cause, field, {
        get: () => {
          throw new Error('a getter of the application')
        },
      })
    }
    expect(ofStore(cause).names).toBe('')
    expect(ofHook(cause).stack).not.toContain(ADA)
  })
})

describe('the stack', () => {
  test('is that of what a hook threw, with what caused it: its message, and where it was', () => {
    const { stack } = ofHook(new Error('no plan called gold', { cause: new RangeError(`no ${ADA}`) }))
    const [threw = '', caused = ''] = stack?.split('\ncaused by ') ?? []
    expect(threw).toMatch(/^Error: no plan called gold\n {4}at .*explain-causes\.test\.ts/)
    expect(caused).toMatch(/^RangeError\n {4}at /)
    expect(stack?.split('\n').filter((line) => !/^( {4}at |Error: |caused by )/.test(line))).toEqual([])
  })

  test.each<[thrown: unknown, line: string]>([
    ['a plain text', 'a plain text'],
    [7, '7'],
    [{ message: ADA }, 'object'],
    [null, 'object'],
    [withFields({ name: 'PlanError' }, 'two\nlines'), 'PlanError: two\\u000alines'],
    [withFields({ stack: undefined }, 'no stack'), 'Error: no stack'],
  ])('of %o', (thrown, line) => {
    expect(firstLine(ofHook(thrown).stack)).toBe(line)
  })

  test('of a text beside an error of a database is no text: it may be the row’s', () => {
    expect(ofHook(withFields({ code: '23505', cause: ADA })).stack).not.toContain(ADA)
  })
})

describe('what the application’s own code threw quotes no row', () => {
  test.each<[what: string, fields: object]>([
    ['SQLSTATE', { code: '22001' }],
    ['another SQLSTATE', { code: 'XX000' }],
    ['Prisma’s code', { code: 'P2002' }],
    ['MySQL’s code', { code: 'ER_ANY' }],
    ['SQLite’s code', { code: 'SQLITE_ANY' }],
    ['PostgREST’s code', { code: 'PGRST116' }],
    ['MySQL’s number', { errno: 1062 }],
    ['a result code of node:sqlite', { errcode: 2067 }],
    ...['query', 'sql', 'params', 'parameters', 'sqlMessage', 'sqlState', 'meta', 'detail', 'details'].map(
      (field): [string, object] => [`the field ${field}`, { [field]: '' }],
    ),
    ...[
      'DrizzleQueryError',
      'PrismaClientUnknownRequestError',
      'DatabaseError',
      'SqlError',
      'LibsqlError',
      'NeonDbError',
      'PostgresError',
      'SqliteError',
    ].map((name): [string, object] => [`the name ${name}`, { name }]),
  ])('where it is a database’s, by %s', (_, fields) => {
    for (const thrown of [withFields(fields), new Error(`wrapped ${ADA}`, { cause: withFields(fields) })]) {
      expect(ofHook(thrown).stack).not.toContain(ADA)
      expect(ofHook(thrown).stack).toMatch(/\n {4}at /)
    }
  })

  test('nor where the words are a database’s', () => {
    expect(ofHook(new Error(`Duplicate entry '${ADA}' for key 'users.email'`)).stack).not.toContain(ADA)
  })

  test('nor where the adapter alone knows the error', () => {
    const thrown = new Error(ADA)
    const faultOf = (error: unknown) => (error === thrown ? ('transient' as const) : undefined)
    expect(ofHook(thrown, faultOf).stack).not.toContain(ADA)
    expect(ofHook(new Error(`wrapped ${ADA}`, { cause: thrown }), faultOf).stack).not.toContain(ADA)
    expect(ofHook(new Error('another'), faultOf).stack).toContain('another')
  })

  test.each([
    { code: 'EPIPE' },
    { code: 'ABCDE' },
    { code: 'a2345' },
    { code: '123456' },
    { code: 'P20021' },
    { code: 'XP2002' },
    { code: 'XER_1' },
    { code: 22001 },
    { name: 'MyDatabaseError' },
    { name: 'DatabaseErrors' },
  ])('and one that is none is told with its message: %o', (fields) => {
    expect(firstLine(ofHook(withFields(fields, 'no plan called gold')).stack)).toMatch(/: no plan called gold$/)
  })

  test.each(['SyntaxError', 'TypeError', 'RangeError', 'ReferenceError', 'EvalError', 'URIError'])(
    'nor where it is %s, JavaScript’s own',
    (name) => {
      expect(firstLine(ofHook(named(name)).stack)).toBe(name)
    },
  )

  test.each([
    ['Cannot read properties of undefined', `Cannot read properties of undefined (reading '${ADA}')`],
    ['Cannot read properties of null', `Cannot read properties of null (reading '${ADA}')`],
    ['user.plan.of is not a function'],
    ['Plan is not a constructor'],
    ['plan is not defined'],
    ['plans is not iterable'],
  ])('but for what that says of the code: %s', (words, message = words) => {
    expect(firstLine(ofHook(new TypeError(message)).stack)).toBe(`TypeError: ${words}`)
  })

  test.each([`${ADA} is not iterable`, `x is not defined by ${ADA}`, `No: Cannot read properties of null ${ADA}`])(
    'and no more than that: %s',
    (message) => {
      expect(firstLine(ofHook(new TypeError(message)).stack)).toBe('TypeError')
    },
  )
})
