import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import { createClerkSync } from '@clerk-sync/core'
import { eq } from 'drizzle-orm'
import { mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import type { Pool } from 'mysql2'
import { byHand, type Statements } from '../by-hand.ts'
import type { Group } from '../contender.ts'
import { SECRET as signingSecret } from '../deliveries.ts'
import { ours } from '../ours.ts'

const text = () => varchar({ length: 255 })
const columns = () => ({ email: text(), firstName: text(), lastName: text(), imageUrl: text() })
const usersOf = (id: string) =>
  mysqlTable(`${id}_users`, { id: clerkId().primaryKey(), ...columns(), ...syncColumns() })
const besideOf = (id: string) => ({
  users: mysqlTable(`${id}_users`, { id: clerkId().primaryKey(), ...columns() }),
  versions: clerkVersionsTable(`${id}_versions`),
})
const processedOf = (id: string) => mysqlTable(`${id}_processed`, { id: clerkId().primaryKey() })
const events = clerkEventsTable('drizzle_hook_events')
const welcomesOf = (id: string) => mysqlTable(`${id}_welcomes`, { userId: text().notNull(), eventId: text().notNull() })
const welcomes = welcomesOf('drizzle_hook')
const HAND_HOOK = 'drizzle_hand_hook'

export function drizzleOnMysql(pool: Pool): Group {
  const db = drizzle({ client: pool, casing: 'snake_case' })
  const plain = drizzleAdapter(db, { users: usersOf('drizzle') })
  const prepared = drizzleAdapter(db, { users: usersOf('drizzle_prepared') }, { prepare: true })
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
        id: 'drizzle_prepared',
        name: 'clerk-sync, prepared',
        handle: ours(createClerkSync({ adapter: prepared, signingSecret })),
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
