import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import type { SqlDriverAdapterFactory } from '@prisma/client/runtime/client'
import { byHand, type Statements, type UserRow } from '../by-hand.ts'
import type { Group } from '../contender.ts'
import { SECRET as signingSecret } from '../deliveries.ts'
import { ours } from '../ours.ts'

type Generated = typeof import('./.generated/postgresql/client/client.ts')
type Client = InstanceType<Generated['PrismaClient']>

/** All three clients are made of the same models, and what is used here is the same in each. */
export async function prismaClient(
  provider: 'postgresql' | 'mysql' | 'sqlite',
  adapter: SqlDriverAdapterFactory,
): Promise<Client> {
  const { PrismaClient }: Generated = await import(`./.generated/${provider}/client/client.ts`)
  return new PrismaClient({ adapter })
}

/** The same queries on each database. */
export function throughPrisma(prisma: Client): Group {
  const on = { 'user.created': welcome, 'user.updated': welcome }
  const beside = prismaAdapter(prisma, { users: 'besideUser', versions: 'besideVersion' })
  return {
    orm: 'Prisma',
    contenders: [
      { id: 'prisma_hand', name: 'by hand', handle: byHand(hand(prisma.handUser, prisma.handProcessed)) },
      {
        id: HAND_HOOK,
        name: 'by hand, with the insert of the hook',
        handle: byHand({
          ...hand(prisma.handHookUser, prisma.handHookProcessed),
          welcome: (userId, eventId) => prisma.handHookWelcome.create({ data: { userId, eventId } }),
        }),
      },
      {
        id: 'prisma',
        name: 'clerk-sync',
        handle: ours(createClerkSync({ adapter: prismaAdapter(prisma, { users: 'user' }), signingSecret })),
        handleEach: ours(
          createClerkSync({ adapter: prismaAdapter(prisma, { users: 'user' }), signingSecret, batch: false }),
        ),
      },
      {
        id: 'prisma_hook',
        name: 'clerk-sync with a hook',
        against: HAND_HOOK,
        handle: ours(
          createClerkSync({
            adapter: prismaAdapter(prisma, { users: 'hookUser', events: 'hookEvent' }),
            signingSecret,
            on,
          }),
        ),
      },
      {
        id: 'prisma_beside',
        name: 'clerk-sync, versions beside',
        versions: 'beside',
        handle: ours(createClerkSync({ adapter: beside, signingSecret })),
        handleEach: ours(createClerkSync({ adapter: beside, signingSecret, batch: false })),
      },
      {
        id: 'prisma_beside_hook',
        name: 'clerk-sync, versions beside, with a hook',
        versions: 'beside',
        against: HAND_HOOK,
        handle: ours(
          createClerkSync({
            adapter: prismaAdapter(prisma, {
              users: 'besideHookUser',
              versions: 'besideHookVersion',
              events: 'hookEvent',
            }),
            signingSecret,
            on,
          }),
        ),
      },
    ],
  }
}

const HAND_HOOK = 'prisma_hand_hook'

interface Users {
  create(query: { data: UserRow }): PromiseLike<unknown>
  update(query: { where: { id: string }; data: Omit<UserRow, 'id'> }): PromiseLike<unknown>
}

interface Processed {
  create(query: { data: { id: string } }): PromiseLike<unknown>
  findUnique(query: { where: { id: string } }): PromiseLike<unknown>
}

function hand(users: Users, processed: Processed): Statements {
  return {
    processed: async (message) => (await processed.findUnique({ where: { id: message } })) !== null,
    create: (user) => users.create({ data: user }),
    update: ({ id, ...data }) => users.update({ where: { id }, data }),
    markProcessed: (message) => processed.create({ data: { id: message } }),
  }
}

async function welcome({
  event,
  tx,
}: {
  event: { id: string; data: { id: string } }
  tx: Pick<Client, 'hookWelcome'>
}): Promise<void> {
  await tx.hookWelcome.create({ data: { userId: event.data.id, eventId: event.id } })
}
