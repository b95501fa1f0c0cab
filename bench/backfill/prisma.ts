import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import type { UserRow } from '../by-hand.ts'
import type { prismaClient } from '../prisma/contenders.ts'
import type { Adapter, Mode } from './store.ts'

type Client = Awaited<ReturnType<typeof prismaClient>>

export function throughPrisma(prisma: Client, mode: Mode): Adapter {
  return mode === 'row'
    ? prismaAdapter(prisma, { users: 'user' })
    : prismaAdapter(prisma, { users: 'besideUser', versions: 'besideVersion' })
}

export function prismaUpsert(prisma: Client): (user: UserRow) => PromiseLike<unknown> {
  return ({ id, ...values }) => prisma.handUser.upsert({ where: { id }, create: { id, ...values }, update: values })
}
