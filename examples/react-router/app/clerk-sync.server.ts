import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { prisma } from './prisma.server.ts'

export const clerkSync = createClerkSync({ adapter: prismaAdapter(prisma, { users: 'user' }) })
