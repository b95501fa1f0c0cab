import type { Case } from './case.ts'
import { expectAnswer, expectOutcome, expectStatus, expectThat } from './expect.ts'
import { base64, databaseAway, repeatedHeaders } from './optional-cases.ts'
import type { HostOptions } from './options.ts'
import { type Session, TestUser } from './session.ts'

export type { Case } from './case.ts'

const KIB = 1024
const HOUR_MS = 3_600_000
const NOTHING_STORED = ', and nothing is stored'

/** What a host is sent whatever its options are. A case is named by what is looked at. */
const always = ({ read, capabilities }: HostOptions): readonly Case[] => [
  {
    name: 'a created user is stored: 200 created',
    async run(session) {
      const user = new TestUser()
      expectOutcome(await session.deliver(user.created()), 'created')
      await session.expectRow(user, { email: user.email, deleted: false }, 'A created user is not stored')
    },
  },
  {
    name: 'an update is stored, and an older one that comes later is not: 200 updated, stale',
    async run(session) {
      const user = new TestUser()
      expectOutcome(await session.deliver(user.created()), 'created')
      const email = `new-${user.email}`
      expectOutcome(await session.deliver(user.updated(2, { email })), 'updated')
      expectOutcome(await session.deliver(user.updated(1)), 'stale')
      await session.expectRow(user, { email, deleted: false }, 'The newest update is not what is stored')
    },
  },
  {
    name: 'a deleted user stays deleted, whatever comes late: 200 deleted, already_deleted',
    async run(session) {
      const user = new TestUser()
      expectOutcome(await session.deliver(user.created()), 'created')
      expectOutcome(await session.deliver(user.deleted(2)), 'deleted')
      expectOutcome(await session.deliver(user.updated(1)), 'already_deleted')
      await session.expectTombstone(user, 'A deleted user is not deleted')
    },
  },
  {
    name: 'a message that comes again changes nothing: 200 unchanged, or duplicate where it has a hook',
    async run(session) {
      const user = new TestUser()
      const message = user.created()
      expectOutcome(await session.deliver(message), 'created')
      expectOutcome(await session.deliver(message), 'unchanged', 'duplicate')
      await session.expectRow(user, { email: user.email, deleted: false }, 'A duplicate changed the row')
    },
  },
  {
    name: 'the bytes arrive as they were signed: emoji, escapes, keys that look like numbers',
    async run(session) {
      const user = new TestUser()
      // Parsed and written again, the escapes would be characters, and the keys 2 before 10.
      const publicMetadata = { '10': 'ten', '2': 'two', note: '<b>Żółć & 🚀</b>' }
      const email = `żółć-🚀-${user.email}`
      const message = user.created({ email, firstName: 'Ada <🚀>', publicMetadata })
      expectOutcome(await session.deliver(message), 'created')
      await session.expectRow(user, { email, deleted: false }, 'The characters are not stored as they were sent')
    },
  },
  {
    name: 'header names in any case are understood: 200',
    async run(session) {
      const mixed = (name: string) => name.replace(/[a-z]/g, (letter, at) => (at % 2 ? letter.toUpperCase() : letter))
      const user = new TestUser()
      const answer = await session.deliver(user.created(), ({ headers }) => ({
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [mixed(name), value])),
      }))
      expectOutcome(answer, 'created')
    },
  },
  {
    name: `a body that was tampered with: 400 signature_mismatch${read ? NOTHING_STORED : ''}`,
    async run(session) {
      const user = new TestUser()
      const answer = await session.deliver(user.created(), ({ body }) => ({
        body: String(body).replace(user.email, 'mallory@example.com'),
      }))
      expectAnswer(answer, 400, { code: 'signature_mismatch' })
      await session.expectRow(user, undefined, 'A tampered delivery was stored')
    },
  },
  {
    name: `no signature: 400 headers_missing${read ? NOTHING_STORED : ''}`,
    async run(session) {
      const user = new TestUser()
      const answer = await session.deliver(user.created(), () => ({ headers: { 'content-type': 'application/json' } }))
      expectAnswer(answer, 400, { code: 'headers_missing' })
      await session.expectRow(user, undefined, 'An unsigned delivery was stored')
    },
  },
  {
    name: `a delivery that was signed an hour ago: 400 timestamp_out_of_range${read ? NOTHING_STORED : ''}`,
    async run(session) {
      const user = new TestUser()
      const answer = await session.deliver(user.created(), undefined, new Date(Date.now() - HOUR_MS))
      expectAnswer(answer, 400, { code: 'timestamp_out_of_range' })
      await session.expectRow(user, undefined, 'A replayed delivery was stored')
    },
  },
  {
    name: capabilities?.get === 'host' ? 'GET: 405, or 404 of the router' : 'GET: 405',
    async run(session) {
      const answer = await session.deliver(new TestUser().created(), () => ({ method: 'GET', body: undefined }))
      if (capabilities?.get === 'host') expectStatus(answer, 404, 405)
      else expectAnswer(answer, 405, { code: 'method_not_allowed' })
    },
  },
  {
    name: 'a body of 900 KiB, near the largest that Clerk sends: 200',
    async run(session) {
      const user = new TestUser()
      // In a part of the user that no column holds.
      expectOutcome(
        await session.deliver(user.created({ privateMetadata: { padding: 'x'.repeat(900 * KIB) } })),
        'created',
      )
    },
  },
  {
    name: `a body of 2 MiB: 413${read ? NOTHING_STORED : ''}`,
    async run(session) {
      const user = new TestUser()
      const answer = await session.deliver(user.created({ privateMetadata: { padding: 'x'.repeat(2048 * KIB) } }))
      if (capabilities?.tooLarge === 'host') expectStatus(answer, 413)
      else expectAnswer(answer, 413, { code: 'body_too_large' })
      await session.expectRow(user, undefined, 'A body that was refused was stored')
    },
  },
  {
    name: '50 deliveries at once, each message twice: 200 for all, and each user is created once',
    async run(session) {
      const users = Array.from({ length: 25 }, () => new TestUser())
      await Promise.all(
        users.map(async (user) => {
          const message = user.created()
          const answers = await Promise.all([session.deliver(message), session.deliver(message)])
          const outcomes = answers.map((answer) => expectOutcome(answer, 'created', 'unchanged', 'duplicate'))
          if (session.hasQueue) return
          const created = outcomes.filter((outcome) => outcome === 'created').length
          expectThat(created === 1, `Of two deliveries of one message, ${created} answered "created".`)
        }),
      )
      for (const user of users) {
        await session.expectRow(user, { email: user.email, deleted: false }, 'One of 50 deliveries is not stored')
      }
    },
  },
]

/** The cases for a host, in order. */
export function casesFor({ options }: Session): readonly Case[] {
  return [
    ...always(options),
    ...(options.repeatedHeaders ? [repeatedHeaders] : []),
    ...(options.base64ContentType ? [base64(options.base64ContentType)] : []),
    ...(options.database ? [databaseAway(options.database)] : []),
  ]
}
