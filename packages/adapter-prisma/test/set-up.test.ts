import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { PrismaPg } from '@prisma/adapter-pg'
import { describe, expect, it } from 'vitest'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { PrismaClient as WrongClient } from './.generated/wrong/prisma/client.ts'
import { PrismaClient as WrongMysqlClient } from './prisma6/.generated/wrong/prisma/index.js'
import { PrismaMariaDb as PrismaMariaDb6 } from './prisma6/drivers.ts'

// It connects with the first query, and there is none.
const driver = new PrismaPg({ connectionString: 'postgres://nobody@localhost/nothing' })
const prisma = new PrismaClient({ adapter: driver })
const wrong = new WrongClient({ adapter: driver })

/** What a JavaScript user, or one with a cast, could pass: the types refuse most of it. */
const adapterOf = (client: object, models: object): ReturnType<typeof prismaAdapter> =>
  Reflect.apply(prismaAdapter, undefined, [client, models])
const setUp = (users: string, options: object = {}, client: object = wrong) =>
  createClerkSync({ adapter: adapterOf(client, { users }), ...options })

describe('A model that cannot be synced is refused at set-up, with what to do', () => {
  it.for([
    ['noVersion', /NoVersion has no field clerkVersion\. Add clerkVersion String @default\("0"\)/],
    ['nullableVersion', /NullableVersion\.clerkVersion must be String @default\("0"\)/],
    ['versionWithoutDefault', /VersionWithoutDefault\.clerkVersion must be String @default\("0"\)/],
    ['requiredDeletedAt', /RequiredDeletedAt\.deletedAt must be DateTime\?/],
    ['noDeletedAt', /NoDeletedAt has no field deletedAt\. Add deletedAt DateTime\?/],
    ['noKey', /NoKey has no field id\. Add id String @id, or clerkId String @unique/],
    [
      'keyNotUnique',
      /KeyNotUnique\.clerkId holds the Clerk id: it must be a String with @id or @unique. Or name the field/,
    ],
    ['shortKey', /ShortKey\.id holds 20 characters, and the Clerk id of the user has 32/],
    ['fixedKey', /FixedKey\.id has the type Char\(20\), which fills ids up with blanks/],
    ['ownKeyUnfilled', /OwnKeyUnfilled\.id is the application's own key and nothing fills it/],
    ['requiredColumn', /Nothing fills RequiredColumn\.tagline.*map\.user.*default/],
    ['user', /The client has no model "user": it has noVersion, nullableVersion/],
  ] as const)('%s', ([model, message]) => {
    expect(() => setUp(model)).toThrow(message)
  })

  it('with a required column, or a unique one with a default, that has no value for a deleted row', () => {
    const map = {
      user: (_: unknown, record: { id: string; email: string | null }) => ({ email: record.email ?? record.id }),
    }
    for (const model of ['requiredEmail', 'uniqueDefault']) {
      expect(() => setUp(model, { map })).toThrow(/deleted row of \w+ needs a value in email.*map\.deletedUser/)
    }
  })

  it('with a column that is too narrow for a version, which MySQL would cut off where it is not strict', () => {
    const host = { host: 'localhost', user: 'nobody', database: 'nothing' }
    const client = new WrongMysqlClient({ adapter: new PrismaMariaDb6(host) })
    expect(() => setUp('narrowVersion', {}, client)).toThrow(/must hold 34 characters: leave @db\.VarChar out/)
    expect(() => setUp('narrowVersion')).toThrow(/must hold 34 characters/)
  })

  it('with a membership whose references cannot hold a Clerk id', () => {
    const memberships = (map: object) => () =>
      createClerkSync({ adapter: adapterOf(wrong, { organizationMemberships: 'numberedReference' }), ...map })
    expect(memberships({})).toThrow(/NumberedReference\.userId has the type Int, and the Clerk id of the user is text/)
    const map = {
      organizationMembership: (_: unknown, { organizationId }: { organizationId: string }) => ({
        userId: 1,
        organizationId,
      }),
    }
    expect(memberships({ map })).toThrow(/NumberedReference\.organizationId holds 20 characters.*organization has 31/)
  })

  it('with a ledger that is another model', () => {
    expect(() => adapterOf(wrong, { events: 'otherLedger' })).toThrow(/OtherLedger has no field entityId.*ClerkEvent/)
  })

  it.for([
    ['versionsByIdAlone', /VersionsByIdAlone must have @@id\(\[tableName, id\]\).*Take the model ClerkVersion/],
    ['versionsWithoutTime', /VersionsWithoutTime has no field deletedAt\. Take the model ClerkVersion/],
    ['versionsOfTheDead', /VersionsOfTheDead\.deletedAt must be DateTime\?\. Take the model ClerkVersion/],
    ['narrowVersions', /NarrowVersions\.version must hold 33 characters: leave @db\.VarChar out/],
    ['versions', /The client has no model "versions"/],
  ] as const)('with versions that are none: %s', ([versions, message]) => {
    expect(() => adapterOf(wrong, { users: 'noVersion', versions })).toThrow(message)
  })

  it('without sync fields and without versions, of which it says either', () => {
    expect(() => setUp('noVersion')).toThrow(/Add clerkVersion.*or give prismaAdapter versions, the model ClerkVersion/)
  })

  it('with versions, and no field for the Clerk id', () => {
    expect(() => adapterOf(wrong, { users: 'numbered', versions: 'clerkVersion' })).toThrow(
      /Numbered has no field id\. Add id String @id, or clerkId String @unique/,
    )
  })

  it('whose deletes are to do what its versions do not allow', () => {
    const models = { users: 'noVersion', organizations: 'uniqueDefault', versions: 'clerkVersion' }
    const setting = (onDelete: object) => () => createClerkSync({ adapter: adapterOf(wrong, models), onDelete })
    expect(setting({ user: 'keep' })).not.toThrow()
    expect(setting({ organization: 'remove' })).toThrow(/UniqueDefault has its versions in its own rows/)
  })

  it('with hooks and no ledger', () => {
    const adapter = prismaAdapter(prisma, { users: 'user' })
    // @ts-expect-error The compiler says so too.
    expect(() => createClerkSync({ adapter, on: { 'user.created': () => {} } })).toThrow(/Hooks need the ledger table/)
  })

  it.for([
    [{ model: 'user', key: 'authId' }, /User has no field authId/],
    [{ model: 'user', clerkId: 'id' }, /The model for user has no option "clerkId": did you mean "key"/],
    [{ model: 'user', key: 7 }, /key, version and deletedAt are names/],
    [{ name: 'user' }, /no option "name": did you mean "model"/],
  ] as const)('with %o', ([model, message]) => {
    expect(() => adapterOf(prisma, { users: model })).toThrow(message)
  })

  it('with a misspelt table, whose events would all be ignored', () => {
    expect(() => adapterOf(prisma, { user: 'user' })).toThrow(/There is no table "user": did you mean "users"\?/)
  })
})

describe('A client that is not known is refused at set-up', () => {
  it('something that is no client', () => {
    expect(() => adapterOf({}, { users: 'user' })).toThrow(/takes a PrismaClient of Prisma 6 or 7/)
  })

  it('another driver adapter', () => {
    const adapter = { ...driver, provider: 'postgres', adapterName: '@prisma/adapter-other', connect: driver.connect }
    const client = new PrismaClient({ adapter } as ConstructorParameters<typeof PrismaClient>[0])
    expect(() => adapterOf(client, { users: 'user' })).toThrow(
      /@prisma\/adapter-other is not known: pass one of @prisma/,
    )
  })

  it('Accelerate, which has no driver adapter', () => {
    const client = new PrismaClient({ accelerateUrl: 'prisma://localhost/?api_key=none' })
    expect(() => adapterOf(client, { users: 'user' })).toThrow(/does not run on\. Use a driver adapter/)
  })
})

describe('What is fine', () => {
  it('every kind of key, without touching the database, also through an extended client', () => {
    const models = { users: 'ownKeyUser', organizations: 'organization', events: 'clerkEvent' } as const
    const adapter = prismaAdapter(prisma, models)
    expect(() => createClerkSync({ adapter, on: { 'user.created': () => {} } })).not.toThrow()
    expect(adapter.name).toBe('prisma:postgres')
    const extended = prisma.$extends({ name: 'mine', model: { user: { answer: () => 42 } } })
    expect(prismaAdapter(extended, models).tables.user?.columns).toEqual(adapter.tables.user?.columns)
  })

  it('models whose versions are in their rows and models whose versions are beside them, in one adapter', () => {
    const models = { users: 'noVersion', organizations: 'requiredColumn', versions: 'clerkVersion' }
    expect(() => adapterOf(wrong, { ...models, versions: 'numberedVersions' })).not.toThrow()
    const { tables } = adapterOf(wrong, models)
    expect(tables.user).toMatchObject({ name: 'NoVersion', versions: 'beside' })
    expect(tables.organization?.versions).toBeUndefined()
  })
})

describe('Options that cannot be are refused, with the one that was meant', () => {
  const given = (options: unknown) => () =>
    Reflect.apply(prismaAdapter, undefined, [prisma, { users: 'user' }, options])

  it.for<[string, unknown, RegExp]>([
    ['timeout beside transaction', { timeout: 5 }, /no option "timeout": did you mean "transaction"/],
    ['a misspelt one', { transactions: {} }, /no option "transactions": did you mean "transaction"/],
    ['a misspelt one of the transaction', { transaction: { maxwait: 5 } }, /did you mean "maxWait"/],
    [
      'a text in the place of milliseconds',
      { transaction: { timeout: '5s' } },
      /transaction\.timeout must be a positive/,
    ],
    ['a number in the place of options', 5, /prismaAdapter takes an object with transaction/],
  ])('%s', ([, options, message]) => {
    expect(given(options)).toThrow(message)
  })

  it.for([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '5', null])('%o ms', (ms) => {
    for (const option of ['maxWait', 'timeout']) {
      const refused = new RegExp(`transaction\\.${option} must be a positive`)
      expect(given({ transaction: { [option]: ms } })).toThrow(refused)
      for (const taken of [1, undefined]) expect(given({ transaction: { [option]: taken } })).not.toThrow()
    }
  })

  it('no client, no models', () => {
    expect(() => Reflect.apply(prismaAdapter, undefined, [undefined, {}])).toThrow(/takes a PrismaClient/)
    expect(() => Reflect.apply(prismaAdapter, undefined, [prisma])).toThrow(/takes an object of tables/)
  })
})
