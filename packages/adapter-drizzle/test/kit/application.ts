// The README's application, in a process of its own: an event comes in as a message, its outcome goes back.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
import { type ClerkEvent, ClerkSyncError, createClerkSync } from '@clerk-sync/core'
import { drizzle as nodePostgres } from 'drizzle-orm/node-postgres'
import { pgTable, text } from 'drizzle-orm/pg-core'
import { drizzle as postgresJs } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'

const users = pgTable('users', { id: clerkId().primaryKey(), ...syncColumns() })
const welcomes = pgTable('welcomes', { userId: text('user_id').notNull(), eventId: text('event_id').notNull() })
const tables = { users, events: clerkEventsTable('events') }

const { DRIVER, DATABASE_URL = '' } = process.env
const welcome = (event: ClerkEvent) => ({ userId: String(Reflect.get(event.data, 'id')), eventId: event.id })
const clerkSync =
  DRIVER === 'postgres.js'
    ? createClerkSync({
        adapter: drizzleAdapter(postgresJs(postgres(DATABASE_URL, connectionLimits())), tables),
        on: { 'user.created': ({ event, tx }) => tx.insert(welcomes).values(welcome(event)) },
      })
    : createClerkSync({
        adapter: drizzleAdapter(nodePostgres(DATABASE_URL), tables),
        on: { 'user.created': ({ event, tx }) => tx.insert(welcomes).values(welcome(event)) },
      })

process.on('message', (event: ClerkEvent) => {
  clerkSync
    .apply(event)
    .catch((error: unknown) => {
      if (!ClerkSyncError.is(error)) throw error
      return `${error.status} ${error.code}`
    })
    .then((answer) => process.send?.({ id: event.id, answer }))
})
process.send?.({ id: 'ready', answer: '' })
