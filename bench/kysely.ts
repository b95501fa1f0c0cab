import {
  type ClerkEventsTable,
  type ClerkVersionsTable,
  kyselyAdapter,
  type SyncColumns,
} from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import type { Generated, Kysely, Transaction } from 'kysely'
import { byHand, type Statements, type UserRow } from './by-hand.ts'
import type { Contender, Group } from './contender.ts'
import { SECRET as signingSecret } from './deliveries.ts'
import { ours } from './ours.ts'

/** A date is what the dialect's driver makes of it; nobody here reads one. */
type Time = Date | number

interface BareUserTable {
  id: string
  email: string | null
  first_name: string | null
  last_name: string | null
  image_url: string | null
}

type UserTable = BareUserTable & SyncColumns<Time>

export interface Tables {
  kysely_hand_users: UserTable
  kysely_hand_processed: { id: string; processed_at: Generated<Time> }
  kysely_hand_hook_users: UserTable
  kysely_hand_hook_processed: { id: string; processed_at: Generated<Time> }
  kysely_hand_hook_welcomes: { user_id: string; event_id: string }
  kysely_users: UserTable
  kysely_hook_users: UserTable
  kysely_hook_events: ClerkEventsTable<Time>
  kysely_hook_welcomes: { user_id: string; event_id: string }
  kysely_beside_users: BareUserTable
  kysely_beside_versions: ClerkVersionsTable<Time>
  kysely_beside_hook_users: BareUserTable
  kysely_beside_hook_versions: ClerkVersionsTable<Time>
  kysely_full_users: BareUserTable
  kysely_full_versions: ClerkVersionsTable<Time>
  kysely_full_hook_users: BareUserTable
}

const columns = ['email', 'first_name', 'last_name', 'image_url'] as const

/** The same queries on each of its dialects. */
export function throughKysely(db: Kysely<Tables>): Group {
  return {
    orm: 'Kysely',
    contenders: [
      { id: 'kysely_hand', name: 'by hand', handle: byHand(hand(db, 'kysely_hand')) },
      {
        id: HAND_HOOK,
        name: 'by hand, with the insert of the hook',
        handle: byHand({
          ...hand(db, HAND_HOOK),
          welcome: (user, message) =>
            db.insertInto('kysely_hand_hook_welcomes').values({ user_id: user, event_id: message }).execute(),
        }),
      },
      inRows(db, 'clerk-sync'),
      inRowsWithHook(db, 'clerk-sync with a hook'),
      beside(db, 'kysely_beside', 'clerk-sync, versions beside'),
      besideWithHook(db, 'kysely_beside_hook', 'clerk-sync, versions beside, with a hook'),
    ],
  }
}

const HAND_HOOK = 'kysely_hand_hook'

function hand(db: Kysely<Tables>, id: 'kysely_hand' | typeof HAND_HOOK): Statements {
  return {
    async processed(message) {
      const query = db.selectFrom(`${id}_processed`).select('id').where('id', '=', message)
      return (await query.executeTakeFirst()) !== undefined
    },
    create: (user) =>
      db
        .insertInto(`${id}_users`)
        .values({ id: user.id, ...valuesOf(user) })
        .execute(),
    update: (user) => db.updateTable(`${id}_users`).set(valuesOf(user)).where('id', '=', user.id).execute(),
    markProcessed: (message) => db.insertInto(`${id}_processed`).values({ id: message }).execute(),
  }
}

type Versions = Extract<keyof Tables, `${string}_versions`>

/** The table of versions that {@link besideMany} writes into. */
export const MANY = 'kysely_full_versions'

/** Versions in the rows, beside them, and in a table that holds many. */
export function besideMany(db: Kysely<Tables>): readonly Group[] {
  const names = ['versions in the rows', 'versions beside', 'versions beside, among many'] as const
  return [
    {
      orm: 'without a hook',
      contenders: [
        inRows(db, names[0]),
        beside(db, 'kysely_beside', names[1]),
        beside(db, 'kysely_full', names[2], MANY),
      ],
    },
    {
      orm: 'with a hook',
      contenders: [
        inRowsWithHook(db, names[0]),
        besideWithHook(db, 'kysely_beside_hook', names[1]),
        besideWithHook(db, 'kysely_full_hook', names[2], MANY),
      ],
    },
  ]
}

function inRows(db: Kysely<Tables>, name: string): Contender {
  const adapter = kyselyAdapter(db, { users: { table: 'kysely_users', columns } })
  const handleEach = ours(createClerkSync({ adapter, signingSecret, batch: false }))
  return { id: 'kysely', name, handle: ours(createClerkSync({ adapter, signingSecret })), handleEach }
}

function inRowsWithHook(db: Kysely<Tables>, name: string): Contender {
  const adapter = kyselyAdapter(db, { users: { table: 'kysely_hook_users', columns }, events: 'kysely_hook_events' })
  return { id: 'kysely_hook', name, against: HAND_HOOK, handle: ours(createClerkSync({ adapter, signingSecret, on })) }
}

function beside(
  db: Kysely<Tables>,
  id: 'kysely_beside' | 'kysely_full',
  name: string,
  versions: Versions = 'kysely_beside_versions',
): Contender {
  const adapter = kyselyAdapter(db, { users: { table: `${id}_users`, columns }, versions })
  const handleEach = ours(createClerkSync({ adapter, signingSecret, batch: false }))
  return { id, name, versions: 'beside', handle: ours(createClerkSync({ adapter, signingSecret })), handleEach }
}

function besideWithHook(
  db: Kysely<Tables>,
  id: 'kysely_beside_hook' | 'kysely_full_hook',
  name: string,
  versions: Versions = 'kysely_beside_hook_versions',
): Contender {
  const adapter = kyselyAdapter(db, {
    users: { table: `${id}_users`, columns },
    versions,
    events: 'kysely_hook_events',
  })
  return {
    id,
    name,
    versions: 'beside',
    against: HAND_HOOK,
    handle: ours(createClerkSync({ adapter, signingSecret, on })),
  }
}

const on = { 'user.created': welcome, 'user.updated': welcome }

async function welcome({
  event,
  tx,
}: {
  event: { id: string; data: { id: string } }
  tx: Transaction<Pick<Tables, 'kysely_hook_welcomes'>>
}): Promise<void> {
  await tx.insertInto('kysely_hook_welcomes').values({ user_id: event.data.id, event_id: event.id }).execute()
}

function valuesOf({ email, firstName, lastName, imageUrl }: UserRow) {
  return { email, first_name: firstName, last_name: lastName, image_url: imageUrl }
}
