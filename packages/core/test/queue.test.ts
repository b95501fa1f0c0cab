import { expect, test } from 'vitest'
import type { ClerkEvent } from '../src/index.ts'
import { deleted, envelope, membership, session, user } from './fixtures/payloads.ts'
import { requestFor } from './fixtures/signing.ts'
import { syncOf } from './fixtures/sync.ts'

const BODIES = [
  envelope('user.created', user()),
  envelope('user.deleted', deleted('user_2')),
  envelope('organizationMembership.created', membership()),
  envelope('session.created', session()),
  envelope('session.pending', session({ id: 'sess_2' })),
]

async function verified(clerkSync: ReturnType<typeof syncOf>, body: string): Promise<ClerkEvent> {
  const request = requestFor(body)
  return clerkSync.verify({ method: 'POST', headers: request.headers, body: request.body })
}

test('events may wait in a queue as JSON between verify and apply', async () => {
  const receiver = syncOf()
  const events = await Promise.all(BODIES.map((body) => verified(receiver, body)))
  expect(receiver.stored()).toEqual([])

  const straight = syncOf()
  for (const event of events) await straight.apply(event)
  const queue = events.map((event) => JSON.stringify(event))
  // A worker needs no secret: what is in the queue was verified.
  const worker = syncOf({ signingSecret: undefined })
  for (const message of queue.reverse()) await worker.apply(JSON.parse(message))

  const rows = (sync: typeof worker) => sync.stored().sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1))
  expect(rows(worker)).toEqual(rows(straight))
  expect(rows(worker)).toHaveLength(BODIES.length)
})

test('applied twice, an event does no harm', async () => {
  const clerkSync = syncOf({ on: { 'user.created': ({ tx }) => tx.insert('workspaces', {}) } })
  for (const [body, first, second] of [
    [BODIES[0], 'created', 'duplicate'],
    [BODIES[1], 'deleted', 'unchanged'],
    [BODIES[2], 'created', 'unchanged'],
    [envelope('sms.created', {}), 'ignored', 'ignored'],
  ] as const) {
    const event = await verified(clerkSync, String(body))
    expect(await clerkSync.apply(event)).toBe(first)
    const rows = clerkSync.stored()
    expect(await clerkSync.apply(event)).toBe(second)
    expect(clerkSync.stored()).toEqual(rows)
  }
  expect(clerkSync.adapter.rows('workspaces')).toHaveLength(1)
})

test('verify and apply reject with the errors that receive reports', async () => {
  const clerkSync = syncOf({}, { call: () => Promise.reject(new Error('away')) })
  await expect(clerkSync.verify({ method: 'GET', headers: {}, body: '' })).rejects.toMatchObject({ status: 405 })
  await expect(clerkSync.verify({ headers: {}, body: '' })).rejects.toMatchObject({ code: 'headers_missing' })
  const event = await verified(clerkSync, String(BODIES[0]))
  await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'store_failed', cause: { message: 'away' } })
  // Neither is a delivery to report.
  expect(clerkSync.results).toEqual([])
})

test('apply rejects what is no event, and says what it lacks', async () => {
  const clerkSync = syncOf()
  const event = await verified(clerkSync, String(BODIES[0]))
  for (const [given, lacks] of [
    [undefined, 'id, type, data, timestamp'],
    [null, 'id, type, data, timestamp'],
    [[event], 'id, type, data, timestamp'],
    [JSON.stringify(event), 'id, type, data, timestamp'],
    // As verifyWebhook() of @clerk/backend gives it.
    [JSON.parse(String(BODIES[0])), 'id'],
    [{ ...event, id: '' }, 'id'],
    [{ ...event, data: null }, 'data'],
    [{ ...event, timestamp: new Date() }, 'timestamp'],
    [{ ...event, timestamp: Number.NaN }, 'timestamp'],
  ] as const) {
    await expect(clerkSync.apply(given as never)).rejects.toMatchObject({
      code: 'payload_invalid',
      message: expect.stringContaining(`has no valid ${lacks}.`),
    })
  }
  expect(clerkSync.stored()).toEqual([])
})

test('receive resolves with the event beside the outcome, and beside the error once it is genuine', async () => {
  const request = requestFor(BODIES[0] ?? '', { id: 'msg_1' })
  const delivery = { headers: request.headers, body: BODIES[0] }
  expect(await syncOf().receive(delivery)).toMatchObject({ ok: true, outcome: 'created', event: { id: 'msg_1' } })
  const away = syncOf({}, { call: () => Promise.reject(new Error('away')) })
  expect(await away.receive(delivery)).toMatchObject({ ok: false, status: 503, event: { id: 'msg_1' } })
  expect(await away.receive({ ...delivery, body: '' })).toMatchObject({ ok: false, status: 400, event: undefined })
})

test('check is the adapter’s', async () => {
  expect(await syncOf().check()).toEqual([])
})
