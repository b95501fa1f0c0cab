// Tells the story, and checks it: what was sent, what was answered and why, and what the tables make of it.
import { deliver } from './clerk.ts'
import * as say from './narrator.ts'
import { type Expected, type Tables, writeStory } from './script.ts'
import type { Row, Welcome } from './store.ts'

/** @returns whether every answer and every row was as it should be. */
export async function tellStory(server: string, signingSecret: string): Promise<boolean> {
  const url = `${server}/api/webhooks/clerk`
  const { steps, expected } = writeStory()
  let surprises = 0

  say.title(`${steps.length} deliveries, signed as Clerk signs them, to ${url}`)
  for (const [index, { message, what, expect, why, forged }] of steps.entries()) {
    const answer = await deliver(message, url, forged ? OTHER_SECRET : signingSecret)
    const asExpected = answer.status === expect.status && answer.said === expect.said
    say.delivery(index + 1, message.type, what, answer, why, asExpected ? undefined : expect)
    if (!asExpected) surprises += 1
  }

  const tables = await readTables(server, expected)
  say.title('What is in the tables')
  const isUser = ({ id }: Row) => id.startsWith('user_')
  const removed = tables.tombstones.filter((row) => isUser(row) && !tables.users.some(({ id }) => id === row.id))
  say.table(
    ['user', 'e-mail', 'phone', 'state', 'welcomes'],
    [...tables.users, ...removed].map((user) => [
      text(user.fullName ?? user.id.slice(0, 12)),
      text(user.email ?? '-'),
      text(user.phoneNumber ?? '-'),
      user.deletedAt ? 'deleted' : 'there',
      text(tables.welcomes.filter(({ userId }) => userId === user.id).length),
    ]),
  )
  say.table(
    ['organization', 'member', 'role'],
    tables.memberships.map((membership) => [
      text(tables.organizations.find(({ id }) => id === membership.organizationId)?.name),
      text(tables.users.find(({ id }) => id === membership.userId)?.fullName),
      text(membership.role),
    ]),
  )

  say.title('Is everything as it should be?')
  for (const [what, holds] of expected.checks(tables)) {
    say.check(what, holds)
    if (!holds) surprises += 1
  }

  const again = shuffled(steps.flatMap((step) => (step.forged ? [] : [step.message, step.message])))
  const answers = await Promise.all(again.map((message) => deliver(message, url, signingSecret)))
  const after = await readTables(server, expected)
  const accepted = answers.every(({ status }) => status === 200)
  const same = JSON.stringify(after) === JSON.stringify(tables)
  say.check(
    `${again.length} deliveries more, all of them twice, shuffled, at the same time: each is answered 200`,
    accepted,
  )
  say.check('…and not one value in the tables has changed', same)
  if (!accepted || !same) surprises += 1

  say.ending(surprises)
  return surprises === 0
}

const OTHER_SECRET = `whsec_${Buffer.from('the secret of somebody else').toString('base64')}`

async function readTables(server: string, { ids }: Expected): Promise<Tables> {
  const read = async <T>(name: string, mine: (row: T) => boolean): Promise<T[]> => {
    const response = await fetch(`${server}/api/${name}`)
    return ((await response.json()) as T[]).filter(mine)
  }
  const known = ({ id }: Row) => ids.has(id)
  return {
    users: await read('users', known),
    organizations: await read('organizations', known),
    memberships: await read('memberships', known),
    tombstones: await read('tombstones', known),
    welcomes: await read<Welcome>('welcomes', ({ userId }) => ids.has(userId)),
  }
}

function shuffled<T>(all: readonly T[]): readonly T[] {
  return all
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
}

function text(value: unknown): string {
  return String(value ?? '?')
}
