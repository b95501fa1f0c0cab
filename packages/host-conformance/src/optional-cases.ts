// Cases that a host has only where its options say so.
import type { Case } from './case.ts'
import { expectAnswer, expectOutcome, isQueued } from './expect.ts'
import { TestUser } from './session.ts'

export const repeatedHeaders: Case = {
  name: 'two signature lines, as while a secret is rotated, of which one matches: 200',
  async run(session) {
    const user = new TestUser()
    const wrong = `v1,${Buffer.alloc(32).toString('base64')}`
    const answer = await session.deliver(user.created(), ({ headers }) => ({
      headers: { ...headers, 'svix-signature': [wrong, String(headers['svix-signature'])] },
    }))
    expectOutcome(answer, 'created')
  },
}

export const base64 = (contentType: string): Case => ({
  name: `a body that the host encodes in base64 (${contentType}): 200`,
  async run(session) {
    const user = new TestUser()
    const email = `żółć-🚀-${user.email}`
    const answer = await session.deliver(user.created({ email }), ({ headers }) => ({
      headers: { ...headers, 'content-type': contentType },
    }))
    expectOutcome(answer, 'created')
    await session.expectRow(user, { email, deleted: false }, 'The characters are not stored as they were sent')
  },
})

export const databaseAway = ({ away, back }: { away(): Promise<unknown>; back(): Promise<unknown> }): Case => ({
  name: 'while the database is away: 503 store_failed, and the next attempt is stored',
  async run(session) {
    const user = new TestUser()
    const message = user.created()
    await away()
    try {
      const answer = await session.deliver(message)
      // A queue may be in the same database, or in one that is still there.
      if (session.hasQueue && !isQueued(answer)) expectAnswer(answer, 503, { code: 'queue_failed' })
      if (!session.hasQueue) expectAnswer(answer, 503, { code: 'store_failed' })
    } finally {
      await back()
    }
    expectOutcome(await session.deliver(message), 'created')
    await session.expectRow(user, { email: user.email, deleted: false }, 'The next attempt is not stored')
  },
})
