import { describe, expect, test } from 'vitest'
import { ENTITIES } from './fixtures/entities.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { send, syncOf } from './fixtures/sync.ts'

// Clerk sends some pairs of events with the same updated_at and the same timestamp. What is meant to be later then wins
// by its type, in any order of arrival and whatever the ids of the messages.

const ties = Object.values(ENTITIES).flatMap((fixture) => [...fixture.ties])

describe.each(ties)('%s', (earlier, before, later, after, expected) => {
  test(`gives way to ${later} of the same moment`, async () => {
    for (let pair = 0; pair < 8; pair++) {
      const messages = [
        [envelope(earlier, before), `msg_a${pair}`],
        [envelope(later, after), `msg_b${pair}`],
      ] as const
      for (const order of [messages, [...messages].reverse()]) {
        const clerkSync = syncOf()
        for (const [body, id] of order) expect((await send(clerkSync, body, id)).status).toBe(200)
        expect(clerkSync.stored()).toMatchObject([expected])
      }
    }
  })
})

test('two snapshots of the same moment and rank have one winner, in any order', async () => {
  const bodies = ['A', 'B', 'C'].map((first_name) => [
    envelope('user.updated', user({ first_name })),
    `msg_${first_name}`,
  ])
  const winners = new Set<unknown>()
  for (const order of [bodies, [...bodies].reverse(), [...bodies.slice(1), ...bodies.slice(0, 1)]]) {
    const clerkSync = syncOf()
    for (const [body, id] of order) expect((await send(clerkSync, body ?? '', id)).status).toBe(200)
    winners.add(clerkSync.adapter.rows('user')[0]?.firstName)
  }
  expect(winners.size).toBe(1)
  expect(['A', 'B', 'C']).toContain([...winners][0])
})
