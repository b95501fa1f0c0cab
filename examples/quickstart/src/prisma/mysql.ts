import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { createConnection } from 'mariadb'
import { PrismaClient } from '../../.generated/mysql/client.ts'
import { PrismaClient as UnalteredClient } from '../../.generated/mysql-beside/client.ts'
import type { Mode } from '../settings.ts'
import type { Store, SyncOptions } from '../store.ts'
import { models, readsOf, removed } from './models.ts'

export function open(url: string, options: SyncOptions, mode: Mode): Store {
  const address = new URL(url)
  address.protocol = 'mariadb:'
  address.searchParams.set('connectionLimit', '10')
  // MySQL's own way to hand over a password where there is no TLS.
  address.searchParams.set('allowPublicKeyRetrieval', 'true')
  // A connection on which nothing passes for so long is closed: nobody but the driver can end one.
  address.searchParams.set('socketTimeout', '12000')
  // Prepared for each query anew, a statement would take two round trips.
  const driver = new PrismaMariaDb(address.href, { useTextProtocol: true })

  /** With the library's columns. */
  const synced = () => {
    const prisma = new PrismaClient({ adapter: driver })
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
    const prisma = new UnalteredClient({ adapter: driver })
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
    async run(statements) {
      // Prisma takes statements one by one; its pool says after 10 s that it has no connection, and not why.
      address.searchParams.set('multipleStatements', 'true')
      const connection = await createConnection(address.href)
      try {
        await connection.query(statements)
      } finally {
        await connection.end()
      }
    },
    async close() {
      for (const client of clients) await client.$disconnect()
    },
  }
}
