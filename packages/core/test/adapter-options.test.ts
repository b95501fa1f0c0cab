// What authors of adapters check their options with: a name that is none would be left out in silence.
import { describe, expect, test } from 'vitest'
import { nearest } from '../src/port/check-options.ts'
import { checkOptions, columnNames, givenParts, givenTables, partColumnNames, tableNameOf } from '../src/port/index.ts'

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(message) })

describe('options', () => {
  const check = (given: unknown, aliases?: Record<string, string>) => () =>
    checkOptions('makeAdapter', given, ['ledger', 'schema'], aliases)

  test.each([{}, { ledger: true }, { ledger: undefined, schema: 'public' }])('%o are some', (given) => {
    expect(check(given)).not.toThrow()
  })

  test.each([undefined, null, 'ledger', 7, [], ['ledger'], () => {}])('%o are none', (given) => {
    expect(check(given)).toThrow(invalid(/^makeAdapter takes an object with ledger, schema\.$/))
  })

  test.each<[name: string, message: RegExp]>([
    ['legder', /^makeAdapter has no option "legder": did you mean "ledger"\?$/],
    ['LEDGER', /did you mean "ledger"\?$/],
    ['tables', /^makeAdapter has no option "tables"\. It has ledger, schema\.$/],
    ['namespace', /^makeAdapter has no option "namespace": did you mean "schema"\?$/],
    ['constructor', /^makeAdapter has no option "constructor"\. It has/],
  ])('%s is refused, with what may be meant', (name, message) => {
    expect(check({ ledger: true, [name]: 1 }, { namespace: 'schema' })).toThrow(invalid(message))
  })
})

test.each<[name: string, known: readonly string[], meant: string | undefined]>([
  ['users', ['users'], 'users'],
  ['user', ['users'], 'users'],
  ['usres', ['users'], undefined],
  ['signigSecrt', ['signingSecret'], 'signingSecret'],
  ['sinigSecrt', ['signingSecret'], undefined],
  ['xsers', ['users'], 'users'],
  ['ab', ['abc'], 'abc'],
  ['a', ['abc'], undefined],
  ['on', ['no'], undefined],
  ['eventz', ['eventsz', 'events'], 'eventsz'],
  ['eventz', ['users', 'eventss', 'events'], 'events'],
  ['', ['a'], undefined],
  ['anything', [], undefined],
])('nearest to "%s" among %o is %s', (name, known, meant) => {
  expect(nearest(name, known)).toBe(meant)
})

describe('the names of columns', () => {
  const table = {}

  test.each([{}, { key: 'user_id' }, { key: 'a', version: 'b', deletedAt: 'c' }, { version: undefined }])(
    '%o are some',
    (names) => {
      expect(columnNames('makeAdapter', 'table', { table, ...names })).toEqual({ table, ...names })
    },
  )

  test.each([{ key: 7 }, { version: null }, { deletedAt: {} }])('%o are none', (names) => {
    const make = () => columnNames('makeAdapter', 'table', { table, ...names })
    expect(make).toThrow(invalid(/^makeAdapter: key, version and deletedAt are names of columns\.$/))
  })

  test.each([
    ['id', 'key'],
    ['clerkId', 'key'],
    ['clerkVersion', 'version'],
    ['name', 'table'],
    ['deleteAt', 'deletedAt'],
  ])('%s is %s', (given, meant) => {
    const make = () => columnNames('makeAdapter', 'table', { [given]: 'x' })
    expect(make).toThrow(invalid(new RegExp(`^makeAdapter has no option "${given}": did you mean "${meant}"`)))
  })

  test.each([{}, { key: 'id', owner: 'user_id' }, { key: undefined, owner: undefined }])(
    'of parts %o are some',
    (names) => {
      expect(partColumnNames('makeAdapter', 'table', { table, ...names })).toEqual({ table, ...names })
    },
  )

  test.each([{ key: 7 }, { owner: null }, { key: 'id', owner: 7 }, { key: 7, owner: 'user_id' }])(
    'of parts %o are none',
    (names) => {
      const make = () => partColumnNames('makeAdapter', 'table', { table, ...names })
      expect(make).toThrow(invalid(/^makeAdapter: key and owner are names of columns\.$/))
    },
  )

  test.each([
    ['id', 'key'],
    ['clerkId', 'key'],
    ['userId', 'owner'],
    ['name', 'table'],
  ])('of parts %s is %s', (given, meant) => {
    const make = () => partColumnNames('makeAdapter', 'table', { [given]: 'x' })
    expect(make).toThrow(invalid(new RegExp(`^makeAdapter has no option "${given}": did you mean "${meant}"`)))
  })
})

describe('the tables', () => {
  const given = (tables: unknown, options?: { parts: boolean }) => () =>
    givenTables('makeAdapter', tables as Record<string, string | undefined>, options)

  test('are those of entities, by the names of these, without the library’s own and without those of parts', () => {
    const tables = { users: 'u', organizations: 'o', events: 'e', deadLetters: 'd', versions: 'v', emailAddresses: 'a' }
    expect(given(tables, { parts: true })()).toEqual([
      ['user', 'u'],
      ['organization', 'o'],
    ])
    expect(givenParts({ ...tables, phoneNumbers: undefined })).toEqual([['emailAddress', 'a']])
    expect(given({ events: undefined, versions: undefined })()).toEqual([])
    expect(given({})()).toEqual([])
  })

  test.each([undefined, null, 'users', []])('are not %o', (tables) => {
    expect(given(tables)).toThrow(invalid(/^makeAdapter takes an object of tables: \{ users: … \}\.$/))
  })

  test.each<[name: string, meant: string]>([
    ['user', 'users'],
    ['Users', 'users'],
    ['organization_memberships', 'organizationMemberships'],
    ['Membership', 'organizationMemberships'],
    ['domains', 'organizationDomains'],
    ['usrs', 'users'],
    ['event', 'events'],
    ['dead_letters', 'deadLetters'],
    ['email_addresses', 'emailAddresses'],
    ['emailAddress', 'emailAddresses'],
  ])('%s is none, and %s may be meant', (name, meant) => {
    expect(given({ [name]: 'x' })).toThrow(
      invalid(new RegExp(`^makeAdapter: There is no table "${name}": did you mean "${meant}"\\?`)),
    )
  })

  test('with a name of the application’s own are none, and all names are said', () => {
    const known =
      /"posts"\. Pass an object of tables, \{ users \}; it can have users, .*emailAddresses, .*deadLetters, versions\.$/
    expect(given({ posts: 'x' })).toThrow(invalid(known))
    expect(given({ constructor: 'x' })).toThrow(invalid(/There is no table "constructor"\./))
  })

  test('that are undefined were imported by a wrong name: they would be left out in silence', () => {
    const users = 'u'
    expect(given({ users: undefined })).toThrow(
      invalid(/^makeAdapter: users is undefined, and its events would be ignored: see that its table is exported/),
    )
    expect(given({ users, emailAddresses: undefined }, { parts: true })).toThrow(
      invalid(/emailAddresses is undefined, and nothing would fill it:/),
    )
  })

  test('of parts need that of users, and an adapter that takes some', () => {
    expect(given({ emailAddresses: 'a' }, { parts: true })).toThrow(
      invalid(/^makeAdapter was given emailAddresses without users: /),
    )
    for (const options of [undefined, { parts: false }]) {
      expect(given({ users: 'u', emailAddresses: 'a' }, options)).toThrow(
        invalid(/^makeAdapter takes no table of emailAddresses: leave it out/),
      )
    }
  })

  test('have the plural of their entity', () => {
    expect([tableNameOf('user'), tableNameOf('waitlistEntry')]).toEqual(['users', 'waitlistEntries'])
  })
})
