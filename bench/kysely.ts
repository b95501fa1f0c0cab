import { type ClerkEventsTable, kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import type { Generated, Kysely } from 'kysely'
import { byHand, type UserRow } from './by-hand.ts'
import type { Group } from './contender.ts'
import { SECRET as signingSecret } from './deliveries.ts'
import { ours } from './ours.ts'

/** A date is what the dialect's driver makes of it; nobody here reads one. */
type Time = Date | number

interface UserTable extends SyncColumns<Time> {
  id: string
  email: string | null
  first_name: string | null
  last_name: string | null
  image_url: string | null
}

export interface Tables {
  kysely_hand_users: UserTable
  kysely_hand_processed: { id: string; processed_at: Generated<Time> }
  kysely_users: UserTable
  kysely_hook_users: UserTable
  kysely_hook_events: ClerkEventsTable<Time>
  kysely_hook_welcomes: { user_id: string; event_id: string }
}

const columns = ['email', 'first_name', 'last_name', 'image_url'] as const

/** The same queries on each of its dialects. */
export function throughKysely(db: Kysely<Tables>): Group {
  const plain = kyselyAdapter(db, { users: { table: 'kysely_users', columns } })
  const withLedger = kyselyAdapter(db, {
    users: { table: 'kysely_hook_users', columns },
    events: 'kysely_hook_events',
  })
  return {
    orm: 'Kysely',
    contenders: [
      {
        id: 'kysely_hand',
        name: 'by hand',
        handle: byHand({
          async processed(message) {
            const query = db.selectFrom('kysely_hand_processed').select('id').where('id', '=', message)
            return (await query.executeTakeFirst()) !== undefined
          },
          create: (user) =>
            db
              .insertInto('kysely_hand_users')
              .values({ id: user.id, ...valuesOf(user) })
              .execute(),
          update: (user) => db.updateTable('kysely_hand_users').set(valuesOf(user)).where('id', '=', user.id).execute(),
          markProcessed: (message) => db.insertInto('kysely_hand_processed').values({ id: message }).execute(),
        }),
      },
      { id: 'kysely', name: 'clerk-sync', handle: ours(createClerkSync({ adapter: plain, signingSecret })) },
      {
        id: 'kysely_hook',
        name: 'clerk-sync with a hook',
        handle: ours(
          createClerkSync({
            adapter: withLedger,
            signingSecret,
            on: {
              'user.created': ({ event, tx }) =>
                tx.insertInto('kysely_hook_welcomes').values({ user_id: event.data.id, event_id: event.id }).execute(),
              'user.updated': ({ event, tx }) =>
                tx.insertInto('kysely_hook_welcomes').values({ user_id: event.data.id, event_id: event.id }).execute(),
            },
          }),
        ),
      },
    ],
  }
}

function valuesOf({ email, firstName, lastName, imageUrl }: UserRow) {
  return { email, first_name: firstName, last_name: lastName, image_url: imageUrl }
}
