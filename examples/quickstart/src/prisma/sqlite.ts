import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import Connection from 'better-sqlite3'
import { PrismaClient } from '../../.generated/sqlite/client.ts'
import type { Store, SyncOptions } from '../store.ts'

/**
 * How long to wait for another process that writes to the same file. This driver stops the whole process meanwhile, so
 * it is short: after it the adapter tries again, and others are served in between.
 */
const BUSY_TIMEOUT_MS = 50

export function open(file: string, options: SyncOptions): Store {
  const connect = () =>
    new PrismaClient({
      // Dates as ms since 1970, as the other adapters have them.
      adapter: new PrismaBetterSqlite3({ url: file, timeout: BUSY_TIMEOUT_MS }, { timestampFormat: 'unixepoch-ms' }),
    })
  const prisma = connect()
  // A client has one connection: what is read through it meanwhile is read inside of a hook's open transaction.
  const reader = connect()

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
    users: () => reader.user.findMany(),
    organizations: () => reader.organization.findMany(),
    memberships: () => reader.organizationMembership.findMany(),
    welcomes: () => reader.welcome.findMany({ select: { userId: true, eventId: true } }),
    async run(statements) {
      // Prisma takes statements one by one, and the pragma not in a transaction.
      const connection = new Connection(file, { timeout: BUSY_TIMEOUT_MS })
      try {
        connection.exec(statements)
      } finally {
        connection.close()
      }
    },
    async close() {
      await prisma.$disconnect()
      await reader.$disconnect()
    },
  }
}
