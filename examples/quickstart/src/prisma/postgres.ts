import { Socket } from 'node:net'
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '../../.generated/postgres/client.ts'
import { PrismaClient as UnalteredClient } from '../../.generated/postgres-beside/client.ts'
import type { Mode } from '../settings.ts'
import type { Store, SyncOptions } from '../store.ts'
import { models, readsOf, removed } from './models.ts'

/** A connection on which nothing passes for so long is closed: nobody but the driver can end one. */
const SILENCE_MS = 12_000

function stream() {
  const socket = new Socket()
  return socket.setTimeout(SILENCE_MS, () => socket.destroy())
}

export function open(url: string, options: SyncOptions, mode: Mode): Store {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 10_000,
    stream,
    // Prisma sends dates without a zone, and means UTC; a timestamptz takes them in the zone of the session.
    options: '-c timezone=UTC',
  })
  // A server that goes away takes idle connections with it; without a listener that would end this process.
  pool.on('error', (error) => console.error(`PostgreSQL closed an idle connection: ${error.message}`))

  /** With the library's columns. */
  const synced = () => {
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
    const clerkSync = createClerkSync({
      ...options,
      adapter: prismaAdapter(prisma, models),
      on: {
        'user.created': async ({ event, tx }) => {
          await tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } })
        },
      },
    })
    return { clients: [prisma], clerkSync, ...readsOf(prisma) }
  }
  /** MODE=beside: the models as an application has them, and the versions in a table of their own. */
  const unaltered = () => {
    const prisma = new UnalteredClient({ adapter: new PrismaPg(pool) })
    const clerkSync = createClerkSync({
      ...options,
      adapter: prismaAdapter(prisma, { ...models, versions: 'clerkVersion' }),
      on: {
        'user.created': async ({ event, tx }) => {
          await tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } })
        },
      },
    })
    return { clients: [prisma], clerkSync, ...readsOf(prisma), tombstones: () => prisma.clerkVersion.findMany(removed) }
  }
  const { clients, ...store } = mode === 'beside' ? unaltered() : synced()

  return {
    ...store,
    run: (statements) => pool.query(statements),
    async close() {
      for (const client of clients) await client.$disconnect()
      await pool.end()
    },
  }
}
