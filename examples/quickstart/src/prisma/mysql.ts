import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { createConnection } from 'mariadb'
import { PrismaClient } from '../../.generated/mysql/client.ts'
import type { Store, SyncOptions } from '../store.ts'

export function open(url: string, options: SyncOptions): Store {
  const address = new URL(url)
  address.protocol = 'mariadb:'
  address.searchParams.set('connectionLimit', '10')
  // MySQL's own way to hand over a password where there is no TLS.
  address.searchParams.set('allowPublicKeyRetrieval', 'true')
  // A connection on which nothing passes for so long is closed: nobody but the driver can end one.
  address.searchParams.set('socketTimeout', '12000')
  // Prepared for each query anew, a statement would take two round trips.
  const prisma = new PrismaClient({ adapter: new PrismaMariaDb(address.href, { useTextProtocol: true }) })

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
    close: () => prisma.$disconnect(),
  }
}
