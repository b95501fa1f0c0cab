import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import Connection from 'better-sqlite3'
import { PrismaClient } from '../../.generated/sqlite/client.ts'
import { PrismaClient as UnalteredClient } from '../../.generated/sqlite-beside/client.ts'
import type { Mode } from '../settings.ts'
import type { Store, SyncOptions } from '../store.ts'
import { models, readsOf, removed } from './models.ts'

/**
 * How long to wait for another process that writes to the same file. This driver stops the whole process meanwhile, so
 * it is short: after it the adapter tries again, and others are served in between.
 */
const BUSY_TIMEOUT_MS = 50

export function open(file: string, options: SyncOptions, mode: Mode): Store {
  // Dates as ms since 1970, as the other adapters have them.
  const driver = () =>
    new PrismaBetterSqlite3({ url: file, timeout: BUSY_TIMEOUT_MS }, { timestampFormat: 'unixepoch-ms' })

  /** With the library's columns. */
  const synced = () => {
    const prisma = new PrismaClient({ adapter: driver() })
    // A client has one connection: what is read through it meanwhile is read inside of a hook's open transaction.
    const reader = new PrismaClient({ adapter: driver() })
    const clerkSync = createClerkSync({
      ...options,
      adapter: prismaAdapter(prisma, models),
      on: {
        'user.created': async ({ event, tx }) => {
          await tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } })
        },
      },
    })
    return { clients: [prisma, reader], clerkSync, ...readsOf(reader) }
  }
  /** MODE=beside: the models as an application has them, and the versions in a table of their own. */
  const unaltered = () => {
    const prisma = new UnalteredClient({ adapter: driver() })
    // A client has one connection: what is read through it meanwhile is read inside of a hook's open transaction.
    const reader = new UnalteredClient({ adapter: driver() })
    const clerkSync = createClerkSync({
      ...options,
      adapter: prismaAdapter(prisma, { ...models, versions: 'clerkVersion' }),
      on: {
        'user.created': async ({ event, tx }) => {
          await tx.welcome.create({ data: { userId: event.data.id, eventId: event.id } })
        },
      },
    })
    return {
      clients: [prisma, reader],
      clerkSync,
      ...readsOf(reader),
      tombstones: () => reader.clerkVersion.findMany(removed),
    }
  }
  const { clients, ...store } = mode === 'beside' ? unaltered() : synced()

  return {
    ...store,
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
      for (const client of clients) await client.$disconnect()
    },
  }
}
