// Checked by the compiler: what must compile, and, behind @ts-expect-error, what must not.
import { type PrismaModels, prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import type { SyncAdapter } from '@clerk-sync/core/adapter'
import { expectTypeOf } from 'vitest'
import { type Account, Prisma, type PrismaClient } from './.generated/application/prisma/client.ts'
import type { PrismaClient as MysqlClient, Prisma as MysqlPrisma } from './.generated/mysql/prisma/index.js'
import type {
  PrismaClient as UnalteredClient,
  Prisma as UnalteredPrisma,
  User,
} from './.generated/readme/beside/prisma/client.ts'
import type { PrismaClient as SqliteClient, Prisma as SqlitePrisma } from './.generated/sqlite/prisma/client.ts'
import type { PrismaClient as WrongClient } from './.generated/wrong/prisma/client.ts'
import type { Prisma as Prisma6, PrismaClient as PrismaClient6 } from './prisma6/.generated/application/prisma/index.js'
import type { PrismaClient as MysqlClient6, Prisma as MysqlPrisma6 } from './prisma6/.generated/mysql/prisma/client.ts'

declare const prisma: PrismaClient
declare const prisma6: PrismaClient6
declare const mysql: MysqlClient
declare const mysql6: MysqlClient6
declare const sqlite: SqliteClient
declare const wrong: WrongClient
declare const unaltered: UnalteredClient

type TxOf<A> = A extends SyncAdapter<infer _R, infer Tx> ? Tx : never
type RowOf<A> = A extends SyncAdapter<infer R, infer _Tx> ? NonNullable<R['user']> : never

// `tx` is the client's own, of either generator and either major.
const adapter = prismaAdapter(prisma, { users: 'account', organizations: 'organization', events: 'clerkEvent' })
const adapter6 = prismaAdapter(prisma6, { users: 'account', events: 'clerkEvent' })
expectTypeOf<TxOf<typeof adapter>>().toEqualTypeOf<Prisma.TransactionClient>()
expectTypeOf<TxOf<typeof adapter6>>().toEqualTypeOf<Prisma6.TransactionClient>()
const onMysql = prismaAdapter(mysql, { users: 'user', events: 'clerkEvent' })
const onMysql6 = prismaAdapter(mysql6, { users: 'user', events: 'clerkEvent' })
const onSqlite = prismaAdapter(sqlite, { users: 'ownKeyUser', events: 'clerkEvent' })
expectTypeOf<TxOf<typeof onMysql>>().toEqualTypeOf<MysqlPrisma.TransactionClient>()
expectTypeOf<TxOf<typeof onMysql6>>().toEqualTypeOf<MysqlPrisma6.TransactionClient>()
expectTypeOf<TxOf<typeof onSqlite>>().toEqualTypeOf<SqlitePrisma.TransactionClient>()

// A row is what the model takes: neither the key nor the sync columns, and no relations.
expectTypeOf<keyof RowOf<typeof adapter>>().toEqualTypeOf<
  | ('uid' | 'email' | 'displayName' | 'plan' | 'kind' | 'tags' | 'levels' | 'settings' | 'flags' | 'balance')
  | ('visits' | 'avatar' | 'signedInAt' | 'note' | 'touchedAt' | 'createdAt')
>()
expectTypeOf<RowOf<typeof adapter>['plan']>().toEqualTypeOf<'FREE' | 'PRO' | undefined>()
expectTypeOf<RowOf<typeof adapter>['tags']>().toEqualTypeOf<string[] | undefined>()
expectTypeOf<RowOf<typeof adapter>['signedInAt']>().toEqualTypeOf<Date | string | null | undefined>()
expectTypeOf<keyof RowOf<typeof adapter6>>().toEqualTypeOf<keyof RowOf<typeof adapter>>()

// A row that is found is what the client reads.
const found = await createClerkSync({ adapter }).find('user', 'user_1')
expectTypeOf(found?.row).toEqualTypeOf<Account | undefined>()

// The default mapping fills what has the record's names, JSON as well.
createClerkSync({ adapter: onMysql })
createClerkSync({ adapter: onMysql6 })
createClerkSync({ adapter: onSqlite })
createClerkSync({ adapter })

// A map is typed from the model, and its parameters from Clerk.
createClerkSync({
  adapter,
  map: {
    user: (user, record) => ({
      displayName: user.first_name,
      email: record.email,
      plan: 'PRO',
      settings: record.publicMetadata ?? Prisma.DbNull,
      balance: '1.5',
      signedInAt: undefined,
    }),
    organization: (_, record) => ({ name: record.name }),
  },
})
createClerkSync({ adapter: onMysql, map: { user: (_, record) => ({ ...record, tagline: 'x' }) } })
createClerkSync({ adapter: adapter6, map: { user: () => ({ plan: 'PRO', settings: { a: [1, null] } }) } })
// @ts-expect-error A field that the model does not have.
createClerkSync({ adapter, map: { user: () => ({ emial: 'x' }) } })
// @ts-expect-error A value that the field does not take.
createClerkSync({ adapter, map: { user: () => ({ email: 1 }) } })
// @ts-expect-error No value of the enum.
createClerkSync({ adapter, map: { user: () => ({ plan: 'GOLD' }) } })
// @ts-expect-error A list is written as a whole, not set.
createClerkSync({ adapter, map: { user: () => ({ tags: { set: ['a'] } }) } })
// @ts-expect-error The version is the library's.
createClerkSync({ adapter, map: { user: () => ({ clerkVersion: '1' }) } })
// @ts-expect-error A relation.
createClerkSync({ adapter, map: { user: () => ({ posts: { create: {} } }) } })
// @ts-expect-error The adapter was given no model for sessions.
createClerkSync({ adapter, map: { session: () => ({}) } })

// Hooks have the client's own transaction, and `event` narrows by type.
createClerkSync({
  adapter,
  on: {
    'user.deleted': async ({ event, tx }) => {
      await tx.block.deleteMany({ where: { userId: event.data.id ?? '' } })
      // @ts-expect-error A transaction's client does not end the client's connections.
      await tx.$disconnect()
    },
    'organization.created': ({ event, outcome }) => `${event.data.slug} ${outcome satisfies string}`,
    // @ts-expect-error There is no such event.
    'user.renamed': () => {},
  },
})

// An extended client as well.
const extended = prisma.$extends({ model: { account: { answer: () => 42 } } })
createClerkSync({
  adapter: prismaAdapter(extended, { users: 'account', events: 'clerkEvent' }),
  on: { 'user.created': async ({ tx }) => void (await tx.block.count()) },
})

// What can be passed.
// @ts-expect-error Tables are plural.
prismaAdapter(prisma, { user: 'account' })
// @ts-expect-error Nor is there when another one is right.
prismaAdapter(prisma, { users: 'account', user: 'account' })
// @ts-expect-error There is no such model.
prismaAdapter(prisma, { users: 'user' })
// @ts-expect-error A model without the sync columns.
prismaAdapter(prisma, { users: 'block' })
// @ts-expect-error A ledger of the application's own making.
prismaAdapter(prisma, { events: 'block' })
// @ts-expect-error A nullable version.
prismaAdapter(wrong, { users: 'nullableVersion' })
// @ts-expect-error A version without a default.
prismaAdapter(wrong, { users: 'versionWithoutDefault' })
// @ts-expect-error No column for the time of a delete.
prismaAdapter(wrong, { users: 'noDeletedAt' })

// A required column must be filled, also when the row is deleted.
const strict = prismaAdapter(wrong, { users: 'requiredEmail' })
// @ts-expect-error The record's e-mail address can be null.
createClerkSync({ adapter: strict })
createClerkSync({
  adapter: strict,
  // @ts-expect-error Nothing says what a deleted row has for an e-mail address.
  map: { user: (_, record) => ({ email: record.email ?? '' }) },
})
createClerkSync({
  adapter: strict,
  map: {
    user: (_, record) => ({ email: record.email ?? `${record.id}@invalid` }),
    deletedUser: ({ id }) => ({ email: `${id}@invalid` }),
  },
})

// A model without sync fields is synced where there is a table of versions; its deletes need no values.
const beside = prismaAdapter(unaltered, { users: 'user', versions: 'clerkVersion', events: 'clerkEvent' })
expectTypeOf<TxOf<typeof beside>>().toEqualTypeOf<UnalteredPrisma.TransactionClient>()
const besideSync = createClerkSync({
  adapter: beside,
  map: { user: (_, { id, email }) => ({ email: email ?? id }) },
  onDelete: 'remove',
  on: { 'user.deleted': { before: true, run: ({ before }) => before?.email satisfies string | undefined } },
})
expectTypeOf((await besideSync.find('user', 'user_1'))?.row).toEqualTypeOf<User | undefined>()
// @ts-expect-error The record's e-mail address can be null.
createClerkSync({ adapter: beside })
// @ts-expect-error Without versions, a model needs the sync fields.
prismaAdapter(unaltered, { users: 'user' })
// @ts-expect-error No versions.
prismaAdapter(unaltered, { users: 'user', versions: 'post' })
// @ts-expect-error A model without a field for the Clerk id.
prismaAdapter(wrong, { users: 'numbered', versions: 'clerkVersion' })
// Each model by itself: this one's versions are in its rows, and its deletes leave some.
createClerkSync({
  adapter: prismaAdapter(wrong, { users: 'requiredEmail', organizations: 'noVersion', versions: 'clerkVersion' }),
  // @ts-expect-error Nothing says what a deleted row has for an e-mail address.
  map: { user: (_, record) => ({ email: record.email ?? '' }) },
})

export const models: PrismaModels<UnalteredClient> = { users: 'user', versions: 'clerkVersion' }
// @ts-expect-error Without versions, a model needs the sync fields.
export const incomplete: PrismaModels<UnalteredClient> = { users: 'user' }

// Tables of parts: their key is the user's id and their own, and their map gets one part.
createClerkSync({
  adapter: prismaAdapter(sqlite, { users: 'user', emailAddresses: 'emailAddress' }),
  map: {
    emailAddress: (json, record) => ({ emailAddress: record.emailAddress, verificationStrategy: json.user_id }),
  },
})
createClerkSync({
  adapter: prismaAdapter(sqlite, {
    users: 'user',
    emailAddresses: { model: 'emailAddress', key: 'id', owner: 'userId' },
  }),
})
createClerkSync({
  adapter: prismaAdapter(sqlite, { users: 'user', emailAddresses: 'emailAddress' }),
  // @ts-expect-error -- a column of text takes no number
  map: { emailAddress: () => ({ emailAddress: 5 }) },
})
createClerkSync({
  adapter: prismaAdapter(sqlite, { users: 'user' }),
  // @ts-expect-error -- there is no table of them
  map: { emailAddress: () => ({}) },
})
// @ts-expect-error -- no such model
prismaAdapter(sqlite, { users: 'user', emailAddresses: 'address' })
