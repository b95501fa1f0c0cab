import { Socket } from 'node:net'
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '../../.generated/postgres/client.ts'
import type { Store, SyncOptions } from '../store.ts'

/** A connection on which nothing passes for so long is closed: nobody but the driver can end one. */
const SILENCE_MS = 12_000

function stream() {
  const socket = new Socket()
  return socket.setTimeout(SILENCE_MS, () => socket.destroy())
}

export function open(url: string, options: SyncOptions): Store {
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
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })

  const clerkSync = createClerkSync({
    ...options,
    adapter: prismaAdapter(prisma, {
      users: 'user',
      organizations: 'organization',
      organizationMemberships: 'organizationMembership',
      events: 'clerkEvent',
    }),
    on: {
      'user.created': async ({ event, tx }) => {
        await tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } })
      },
    },
  })

  return {
    clerkSync,
    users: () => prisma.user.findMany(),
    organizations: () => prisma.organization.findMany(),
    memberships: () => prisma.organizationMembership.findMany(),
    welcomes: () => prisma.welcome.findMany({ select: { userId: true, eventId: true } }),
    run: (statements) => pool.query(statements),
    async close() {
      await prisma.$disconnect()
      await pool.end()
    },
  }
}
