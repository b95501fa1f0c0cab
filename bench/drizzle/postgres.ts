import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { createClerkSync } from '@clerk-sync/core'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, text } from 'drizzle-orm/pg-core'
import type { Pool } from 'pg'
import { byHand, type Statements } from '../by-hand.ts'
import type { Group } from '../contender.ts'
import { SECRET as signingSecret } from '../deliveries.ts'
import { ours } from '../ours.ts'

const columns = { email: text(), firstName: text(), lastName: text(), imageUrl: text() }
const usersOf = (id: string) => pgTable(`${id}_users`, { id: clerkId().primaryKey(), ...columns, ...syncColumns() })
const besideOf = (id: string) => ({
  users: pgTable(`${id}_users`, { id: clerkId().primaryKey(), ...columns }),
  versions: clerkVersionsTable(`${id}_versions`),
})
const processedOf = (id: string) => pgTable(`${id}_processed`, { id: text().primaryKey() })
const events = clerkEventsTable('drizzle_hook_events')
const welcomesOf = (id: string) => pgTable(`${id}_welcomes`, { userId: text().notNull(), eventId: text().notNull() })
const welcomes = welcomesOf('drizzle_hook')
const HAND_HOOK = 'drizzle_hand_hook'

export function drizzleOnPostgres(pool: Pool): Group {
  const db = drizzle(pool, { casing: 'snake_case' })
  const plain = drizzleAdapter(db, { users: usersOf('drizzle') })
  const unprepared = drizzleAdapter(db, { users: usersOf('drizzle_unprepared') }, { prepare: false })
  const withLedger = drizzleAdapter(db, { users: usersOf('drizzle_hook'), events })
  const beside = drizzleAdapter(db, besideOf('drizzle_beside'))
  const besideWithLedger = drizzleAdapter(db, { ...besideOf('drizzle_beside_hook'), events })
  type Tx = Parameters<Parameters<typeof db.transaction>[0]>[0]
  const welcome = ({ event, tx }: { event: { id: string; data: { id: string } }; tx: Tx }) =>
    tx.insert(welcomes).values({ userId: event.data.id, eventId: event.id })
  const on = { 'user.created': welcome, 'user.updated': welcome }
  const hand = (id: string): Statements => {
    const [users, processed] = [usersOf(id), processedOf(id)]
    return {
      processed: async (message) => (await db.select().from(processed).where(eq(processed.id, message))).length > 0,
      create: (user) => db.insert(users).values(user),
      update: ({ id, ...values }) => db.update(users).set(values).where(eq(users.id, id)),
      markProcessed: (message) => db.insert(processed).values({ id: message }),
    }
  }
  return {
    orm: 'Drizzle',
    contenders: [
      { id: 'drizzle_hand', name: 'by hand', handle: byHand(hand('drizzle_hand')) },
      {
        id: HAND_HOOK,
        name: 'by hand, with the insert of the hook',
        handle: byHand({
          ...hand(HAND_HOOK),
          welcome: (userId, eventId) => db.insert(welcomesOf(HAND_HOOK)).values({ userId, eventId }),
        }),
      },
      {
        id: 'drizzle',
        name: 'clerk-sync',
        handle: ours(createClerkSync({ adapter: plain, signingSecret })),
        handleEach: ours(createClerkSync({ adapter: plain, signingSecret, batch: false })),
      },
      {
        id: 'drizzle_unprepared',
        name: 'clerk-sync, unprepared',
        handle: ours(createClerkSync({ adapter: unprepared, signingSecret })),
      },
      {
        id: 'drizzle_hook',
        name: 'clerk-sync with a hook',
        against: HAND_HOOK,
        handle: ours(createClerkSync({ adapter: withLedger, signingSecret, on })),
      },
      {
        id: 'drizzle_beside',
        name: 'clerk-sync, versions beside',
        versions: 'beside',
        handle: ours(createClerkSync({ adapter: beside, signingSecret })),
        handleEach: ours(createClerkSync({ adapter: beside, signingSecret, batch: false })),
      },
      {
        id: 'drizzle_beside_hook',
        name: 'clerk-sync, versions beside, with a hook',
        versions: 'beside',
        against: HAND_HOOK,
        handle: ours(createClerkSync({ adapter: besideWithLedger, signingSecret, on })),
      },
    ],
  }
}
