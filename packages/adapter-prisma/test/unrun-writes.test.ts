// A write that a hook asked for and forgot to await is an error, and not a message that passes for processed.
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { type Prisma, PrismaClient } from './.generated/sqlite/prisma/client.ts'
import { shapes } from './kit/shapes.ts'
import { prismaSqlite } from './kit/sqlite.ts'

type Tx = Prisma.TransactionClient
const event = userEvent('user.created', 'user_ada', 1_760_000_000_000)
const welcome = { userId: 'user_ada', eventId: event.id }

async function applied(hook: (tx: Tx) => unknown) {
  const { file, query } = await prismaSqlite(onTestFinished)
  const prisma = new PrismaClient({ adapter: new PrismaBetterSqlite3({ url: file }) })
  onTestFinished(() => prisma.$disconnect())
  const adapter = prismaAdapter(prisma, shapes.plain)
  const clerkSync = createClerkSync({ adapter, on: { 'user.created': ({ tx }) => hook(tx) } })
  const outcome = await clerkSync.apply(event).catch((error: unknown) => error)
  const count = async (table: string) => (await query(`select 1 from ${table}`)).length
  return { outcome, users: await count('users'), events: await count('events'), welcomes: await count('welcomes') }
}

it.for<[string, (tx: Tx) => unknown]>([
  ['welcome.create', (tx) => void tx.welcome.create({ data: welcome })],
  ['welcome.createMany', (tx) => void tx.welcome.createMany({ data: [welcome] })],
  ['user.updateMany', (tx) => void tx.user.updateMany({ data: { email: null } })],
  ['user.deleteMany', (tx) => void tx.user.deleteMany()],
  ['$executeRaw', (tx) => void tx.$executeRaw`delete from welcomes`],
  [
    'user.updateMany',
    async (tx) => {
      await tx.welcome.create({ data: welcome })
      tx.user.updateMany({ data: { email: null } })
    },
  ],
])('tx.%s without await', async ([call, hook]) => {
  const { outcome, ...rows } = await applied(hook)
  expect(outcome).toMatchObject({
    code: 'hook_failed',
    message: expect.stringContaining(`The hook called tx.${call}() and did not await it`),
  })
  expect(rows).toEqual({ users: 0, events: 0, welcomes: 0 })
})

it.for<[string, (tx: Tx) => unknown]>([
  ['returned', (tx) => tx.welcome.create({ data: welcome })],
  ['given to Promise.all', (tx) => Promise.all([tx.welcome.create({ data: welcome }), tx.user.count()])],
  ['awaited', async (tx) => void (await tx.welcome.create({ data: welcome }))],
  [
    'text',
    (tx) => tx.$executeRaw`insert into welcomes (user_id, event_id) values (${welcome.userId}, ${welcome.eventId})`,
  ],
])('a write that is %s is kept', async ([, hook]) => {
  expect(await applied(hook)).toEqual({ outcome: 'created', users: 1, events: 1, welcomes: 1 })
})
