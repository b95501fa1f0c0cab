import {
  type ClerkEvent,
  type ClerkEventData,
  createClerkSync,
  type HookContext,
  type MappedRow,
  type Maps,
  type Outcome,
  type UserRecord,
  type WriteOutcome,
} from '@clerk-sync/core'
import type { SyncAdapter } from '@clerk-sync/core/adapter'
import { type Drift, reconcile } from '@clerk-sync/core/clerk-api'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { expectTypeOf } from 'vitest'

// Checked by tsc: what compiles here must, and each @ts-expect-error is an error that a user must get.

interface Tx {
  insert(row: { userId: string }): { run(): { changes: number }; returning(): Promise<unknown[]> }
}
type Adapter<User extends object> = SyncAdapter<{ user: User }, Tx, unknown>

/** Nothing but what the record has, all of it nullable. */
declare const plain: Adapter<{ email?: string | null; imageUrl?: string | null; note?: string | null }>
/** Columns that the record fills, and one of another name, not nullable. */
declare const own: Adapter<{
  email?: string | null
  displayName: string
  plan?: 'free' | 'paid'
  tags?: string[]
  settings?: { theme: 'dark' | 'light' } | null
}>

// `map` is optional where the record's fields fill the table.
createClerkSync({ adapter: plain })
createClerkSync({ adapter: plain, map: {} })
createClerkSync({ adapter: plain, map: { user: (user) => ({ imageUrl: user.image_url }) } })
declare const dated: Adapter<{ createdAt?: Date; updatedAt?: Date; banned?: boolean }>
createClerkSync({ adapter: dated })
declare const untouched: SyncAdapter<Record<never, never>, Tx, unknown>
createClerkSync({ adapter: untouched })
declare const erased: SyncAdapter
createClerkSync({ adapter: erased })

// It is demanded where a column that must be given is none of the record's.
// @ts-expect-error -- displayName has no value
createClerkSync({ adapter: own })
// @ts-expect-error -- neither `user` nor `deletedUser`
createClerkSync({ adapter: own, map: {} })

// It is demanded where the record's value does not fit the column of the same name.
declare const strictEmail: Adapter<{ email?: string }>
// @ts-expect-error -- a record's email may be null
createClerkSync({ adapter: strictEmail })
createClerkSync({ adapter: strictEmail, map: { user: (_user, record) => ({ email: record.email ?? '' }) } })
declare const textTime: Adapter<{ lastSignInAt?: string | null }>
// @ts-expect-error -- a record's lastSignInAt is a Date
createClerkSync({ adapter: textTime })
// createdAt is the application's, so the default does not fill it.
declare const givenTime: Adapter<{ createdAt: Date }>
// @ts-expect-error -- createdAt has no value
createClerkSync({ adapter: givenTime })

// Required columns must be given on delete too, since an event of a delete has the id alone.
createClerkSync({
  adapter: own,
  // @ts-expect-error -- deletedUser is missing
  map: { user: (user, record) => ({ displayName: record.fullName ?? user.id }) },
})
createClerkSync({
  adapter: own,
  map: {
    user: (user, record) => {
      expectTypeOf(user).toEqualTypeOf<ClerkEventData<'user.created'>>()
      expectTypeOf(record).toEqualTypeOf<UserRecord>()
      return { displayName: record.fullName ?? user.id }
    },
    deletedUser: (deleted) => {
      expectTypeOf(deleted).toEqualTypeOf<{ id: string }>()
      return { displayName: deleted.id }
    },
  },
})
// A membership's delete carries the membership: there is nothing to demand.
declare const memberships: SyncAdapter<
  { organizationMembership: { organizationId: string; userId: string; role: string } },
  Tx,
  unknown
>
createClerkSync({ adapter: memberships })
createClerkSync({
  adapter: memberships,
  map: {
    organizationMembership: (membership, record) => ({
      organizationId: membership.organization.id,
      userId: record.userId,
      role: record.role,
    }),
    // What it does not return, the delete itself fills.
    deletedOrganizationMembership: (deleted) => {
      expectTypeOf(deleted).toEqualTypeOf<{ id: string }>()
      return { userId: deleted.id }
    },
  },
})
createClerkSync({
  adapter: memberships,
  // @ts-expect-error -- the table has no such column
  map: { deletedOrganizationMembership: () => ({ user_id: '' }) },
})
createClerkSync({
  adapter: memberships,
  // @ts-expect-error -- the column takes no NULL
  map: { deletedOrganizationMembership: () => ({ userId: null }) },
})

// Columns in snake_case are filled from the fields in camelCase, where those fit.
declare const snake: Adapter<{ email?: string | null; first_name?: string | null; email_verified?: boolean }>
createClerkSync({ adapter: snake })
declare const snakeMemberships: SyncAdapter<
  { organizationMembership: { organization_id: string; user_id: string; role: string } },
  Tx,
  unknown
>
createClerkSync({ adapter: snakeMemberships })
declare const snakeStrict: Adapter<{ first_name?: string }>
// @ts-expect-error -- a record's firstName may be null
createClerkSync({ adapter: snakeStrict })
declare const snakeGivenTime: Adapter<{ created_at: Date }>
// @ts-expect-error -- created_at is the application's, and has no value
createClerkSync({ adapter: snakeGivenTime })
declare const snakeRequired: Adapter<{ display_name: string; first_name?: string | null; image_url?: string | null }>
// @ts-expect-error -- display_name is no field's name
createClerkSync({ adapter: snakeRequired })
// A record that is spread over them is checked against them.
createClerkSync({
  adapter: snakeRequired,
  map: {
    user: (_user, record) => ({ ...record, display_name: record.fullName ?? '', image_url: undefined }),
    deletedUser: ({ id }) => ({ display_name: id }),
  },
})
createClerkSync({
  adapter: snakeStrict,
  map: {
    // @ts-expect-error -- firstName would put null into first_name
    user: (_user, record) => ({ ...record }),
  },
})
createClerkSync({
  adapter: snakeStrict,
  map: { user: (_user, { firstName, ...record }) => ({ ...record, first_name: firstName ?? '' }) },
})
// A column that must be given is named by the map, so the field beside it does not count.
declare const snakeNames: Adapter<{ first_name: string }>
createClerkSync({
  adapter: snakeNames,
  map: {
    user: (_user, record) => ({ ...record, first_name: record.firstName ?? '' }),
    deletedUser: () => ({ first_name: '' }),
  },
})

const deletedUser = ({ id }: { id: string }) => ({ displayName: id })

// Literal types and arrays pass as the columns have them.
createClerkSync({
  adapter: own,
  map: {
    user: (user) => ({
      displayName: '',
      plan: user.banned ? 'free' : 'paid',
      tags: ['a'],
      settings: { theme: 'dark' },
    }),
    deletedUser,
  },
})
createClerkSync({
  adapter: own,
  map: {
    user: () => ({ displayName: '', plan: 'free' }),
    deletedUser: () => ({ displayName: '', plan: 'free' }),
  },
})
// The record may be spread, and an optional column may be undefined: not written.
createClerkSync({
  adapter: own,
  map: {
    user: (_user, record) => ({ ...record, displayName: record.fullName ?? '', plan: undefined }),
    deletedUser: ({ id }) => ({ displayName: id, plan: undefined, email: null }),
  },
})

// A column that the table lacks.
createClerkSync({
  adapter: own,
  map: {
    user: (_user, record) => ({
      displayName: '',
      // @ts-expect-error -- a slip of the finger
      emial: record.email,
    }),
    deletedUser,
  },
})
createClerkSync({
  adapter: own,
  map: {
    // @ts-expect-error -- in one of two branches
    user(_user, record) {
      if (record.email) return { displayName: '', email: record.email }
      return { displayName: '', emial: '' }
    },
    deletedUser,
  },
})
createClerkSync({
  adapter: own,
  map: {
    user: (_user, record) => ({
      ...record,
      displayName: '',
      // @ts-expect-error -- beside a record
      emial: record.email,
    }),
    deletedUser: ({ id }) => ({
      displayName: id,
      // @ts-expect-error -- on delete, where there is no record whose fields could fall away
      firstName: null,
    }),
  },
})
// The key and the sync columns are the library's; the record's own id falls away.
createClerkSync({
  adapter: own,
  map: {
    user: (user) => ({
      id: user.id,
      displayName: '',
      // @ts-expect-error -- not the application's
      clerkVersion: '0',
    }),
    deletedUser,
  },
})

// A value of the wrong type, null where the column takes none, and a required column left out.
createClerkSync({
  adapter: own,
  map: {
    // @ts-expect-error -- email is text
    user: () => ({ displayName: '', email: 3 }),
    deletedUser,
  },
})
createClerkSync({
  adapter: own,
  map: {
    // @ts-expect-error -- displayName is not nullable
    user: (_user, record) => ({ displayName: record.fullName }),
    deletedUser,
  },
})
createClerkSync({
  adapter: own,
  map: {
    // @ts-expect-error -- no displayName
    user: (_user, record) => ({ email: record.email }),
    deletedUser,
  },
})
createClerkSync({
  adapter: own,
  map: {
    user: () => ({ displayName: '' }),
    // @ts-expect-error -- no displayName
    deletedUser: () => ({ email: null }),
  },
})
createClerkSync({
  adapter: own,
  map: {
    // @ts-expect-error -- not one of the column's
    user: () => ({ displayName: '', plan: 'gold' }),
    deletedUser,
  },
})
createClerkSync({
  adapter: own,
  map: {
    // @ts-expect-error -- a map may not be asynchronous
    user: async () => ({ displayName: '' }),
    deletedUser,
  },
})
// A map for a table that the adapter was not given.
createClerkSync({
  adapter: own,
  map: {
    user: () => ({ displayName: '' }),
    deletedUser,
    // @ts-expect-error -- no organizations
    organization: () => ({}),
  },
})

// Maps that are written apart from the call are checked alike.
const apart = { user: (user) => ({ displayName: user.id }), deletedUser } satisfies Maps<{
  user: { displayName: string }
}>
createClerkSync({ adapter: own, map: apart })
expectTypeOf<MappedRow<{ email?: string | null; displayName: string }, 'user'>>().toExtend<{ displayName: string }>()

// A hook's event and context by its type.
createClerkSync({
  adapter: plain,
  on: {
    'user.created': async ({ event, tx, outcome }) => {
      expectTypeOf(event.type).toEqualTypeOf<'user.created'>()
      expectTypeOf(event.data.email_addresses).toBeArray()
      expectTypeOf(event.id).toEqualTypeOf<string>()
      expectTypeOf(event.instanceId).toEqualTypeOf<string | null>()
      expectTypeOf(tx).toEqualTypeOf<Tx>()
      expectTypeOf(outcome).toEqualTypeOf<WriteOutcome>()
      await tx.insert({ userId: event.data.id }).returning()
    },
    'user.deleted': ({ event }) => {
      expectTypeOf(event.data.id).toEqualTypeOf<string | undefined>()
      // @ts-expect-error -- a deleted user has no addresses
      event.data.email_addresses
    },
    'organizationMembership.created': ({ event }) => event.data.organization.id,
    'session.pending': ({ event }) => expectTypeOf(event.data.user_id).toEqualTypeOf<string>(),
    'subscription.active': ({ event }) => event.data.id,
    // The query itself may be returned: it is awaited.
    'session.ended': ({ tx }) => tx.insert({ userId: '' }).returning(),
    // For a hook that there is only under some condition.
    'email.created': undefined,
  },
})
createClerkSync({
  adapter: plain,
  on: {
    // @ts-expect-error -- Clerk has no such event
    'user.create': () => {},
  },
})

// Where the driver has no transactions, there is no `tx`.
declare const withoutTx: SyncAdapter<{ user: { email?: string | null } }, never, unknown>
createClerkSync({
  adapter: withoutTx,
  on: {
    'user.created': (context) => {
      expectTypeOf(context).not.toHaveProperty('tx')
      expectTypeOf(context.outcome).toEqualTypeOf<WriteOutcome>()
    },
    // @ts-expect-error -- no tx
    'user.updated': async ({ tx }) => tx,
  },
})
// A hook that asks for it gets the row as it was before, as the application's ORM has it.
declare const withRows: SyncAdapter<
  { user: { email?: string | null }; session: { status?: string } },
  Tx,
  unknown,
  { user: { id: string; email: string | null }; session: { id: string } }
>
createClerkSync({
  adapter: withRows,
  on: {
    'user.updated': {
      before: true,
      run: ({ before, event, tx, outcome }) => {
        expectTypeOf(before).toEqualTypeOf<{ id: string; email: string | null } | undefined>()
        expectTypeOf(event).toEqualTypeOf<ClerkEvent<'user.updated'>>()
        expectTypeOf(tx).toEqualTypeOf<Tx>()
        expectTypeOf(outcome).toEqualTypeOf<WriteOutcome>()
      },
    },
    // @ts-expect-error -- a hook that is a function is given no row
    'user.created': ({ before }) => before,
  },
})

// So does what a reconcile calls, of what Clerk lists: no session.
reconcile(createClerkSync({ adapter: withRows }), {
  onDrift: (drift, { before, tx }) => {
    expectTypeOf(before).toEqualTypeOf<{ id: string; email: string | null } | undefined>()
    expectTypeOf(drift).toEqualTypeOf<Drift>()
    expectTypeOf(tx).toEqualTypeOf<Tx>()
  },
})

// What deletes do is said for all tables, or by entity: of those that have a table and deletes.
createClerkSync({ adapter: withRows, onDelete: 'keep' })
createClerkSync({ adapter: withRows, onDelete: { user: 'keep' } })
// @ts-expect-error -- the adapter was given no table for it
createClerkSync({ adapter: withRows, onDelete: { organization: 'keep' } })
// @ts-expect-error -- Clerk sends no deletes of sessions
createClerkSync({ adapter: withRows, onDelete: { session: 'keep' } })
// @ts-expect-error -- no such mode
createClerkSync({ adapter: withRows, onDelete: { user: 'hide' } })

expectTypeOf<HookContext<'user.created', never>>().not.toHaveProperty('tx')
expectTypeOf<HookContext<'user.created', Tx>>().toHaveProperty('tx').toEqualTypeOf<Tx>()

// On a synchronous driver a hook must be synchronous, or other deliveries' writes would get into its transaction.
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing
type SyncResult = void | undefined | null | string | number | boolean | bigint | (object & { readonly then?: never })
declare const synchronous: SyncAdapter<{ user: { email?: string | null } }, Tx, SyncResult>
createClerkSync({
  adapter: synchronous,
  on: {
    'user.created': ({ event, tx }) => tx.insert({ userId: event.data.id }).run(),
    'user.updated': ({ tx }) => {
      tx.insert({ userId: '' }).run()
      return undefined
    },
    'session.created': ({ tx }) => {
      tx.insert({ userId: '' }).run()
    },
    // @ts-expect-error -- an async function
    'user.deleted': async ({ tx }) => {
      tx.insert({ userId: '' }).run()
    },
    // @ts-expect-error -- a promise
    'session.ended': ({ tx }) => tx.insert({ userId: '' }).returning(),
    // @ts-expect-error -- a promise in one of two branches
    'session.revoked': ({ event, tx }) => event.data.user && tx.insert({ userId: '' }).returning(),
  },
})

// An event narrows by its type.
declare const event: ClerkEvent
if (event.type === 'organization.updated') expectTypeOf(event.data.slug).toEqualTypeOf<string>()
if (event.type === 'user.deleted') expectTypeOf(event.data).toEqualTypeOf<ClerkEventData<'user.deleted'>>()

const clerkSync = createClerkSync({ adapter: plain })
expectTypeOf(clerkSync.handler).toEqualTypeOf<(request: Request) => Promise<Response>>()
expectTypeOf(clerkSync.apply).returns.resolves.toEqualTypeOf<Outcome>()
expectTypeOf(clerkSync.verify).returns.resolves.toEqualTypeOf<ClerkEvent>()
clerkSync.receive({ headers: new Headers(), body: new Uint8Array() })
clerkSync.receive({ headers: { 'svix-id': ['a'], host: undefined }, body: null })
// @ts-expect-error -- a parsed body has lost its signature
clerkSync.receive({ headers: {}, body: { type: 'user.created' } })

// A removed row needs no values.
createClerkSync({
  adapter: memoryAdapter({ users: { columns: { address: { required: true } }, versions: 'beside' } }),
  map: { user: () => ({ address: '' }) },
})
createClerkSync({
  adapter: memoryAdapter({ users: { columns: { address: { required: true } } } }),
  // @ts-expect-error -- a tombstone needs one
  map: { user: () => ({ address: '' }) },
})

// Tables of parts in memory: a map of one part fills what the table has, and nothing else.
const withParts = memoryAdapter({ users: { columns: { email: {} } }, emailAddresses: { columns: { domain: {} } } })
createClerkSync({
  adapter: withParts,
  map: { emailAddress: (_json, record) => ({ domain: record.emailAddress?.split('@')[1] ?? null }) },
})
createClerkSync({
  adapter: withParts,
  // @ts-expect-error -- there is no such column
  map: { emailAddress: (_json, record) => ({ mail: record.emailAddress }) },
})
createClerkSync({
  adapter: withParts,
  // @ts-expect-error -- there is no table of them
  map: { phoneNumber: () => ({}) },
})
