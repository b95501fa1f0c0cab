import { expect, test } from 'vitest'
import { createClerkSync, type QueueDelivery, type SignedDelivery, toFetchHandler } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { envelope, T0, user } from './fixtures/payloads.ts'
import { OTHER_SECRET, requestFor, SECRET, signed } from './fixtures/signing.ts'
import { answerOf, syncOf } from './fixtures/sync.ts'

const BODY = envelope('user.created', user())

/** A route that queues, and what it has handed over. */
function routeTo(queue: QueueDelivery, options: Parameters<typeof syncOf>[0] = {}) {
  const clerkSync = syncOf(options)
  const handler = toFetchHandler({ receive: (delivery) => clerkSync.receive(delivery, { queue }) })
  return { ...clerkSync, answer: async (request: Request) => answerOf(await handler(request)) }
}

test('a queue gets the exact body and what signs it, and the answer is 200 queued once it has them', async () => {
  const taken: SignedDelivery[] = []
  let isDurable = () => {}
  const route = routeTo(async (delivery) => {
    taken.push(delivery)
    await new Promise<void>((resolve) => {
      isDurable = resolve
    })
    return true
  })
  let answered = false
  const answering = route.answer(requestFor(BODY, { id: 'msg_1' })).finally(() => {
    answered = true
  })
  await expect.poll(() => taken).toHaveLength(1)
  expect(answered).toBe(false)
  isDurable()
  expect(await answering).toMatchObject({ status: 200, body: '{"outcome":"queued"}' })
  expect(taken).toEqual([
    { id: 'msg_1', timestamp: expect.any(String), signature: expect.stringMatching(/^v1,/), body: BODY },
  ])
  expect(route.results).toMatchObject([{ ok: true, outcome: 'queued', event: { id: 'msg_1' } }])
  expect(route.stored()).toEqual([])
})

test('what a queue cannot take is stored at once', async () => {
  const route = routeTo(async () => false)
  expect(await route.answer(requestFor(BODY))).toMatchObject({ status: 200, body: '{"outcome":"created"}' })
  expect(route.stored()).toHaveLength(1)
})

test('a queue that is away is 503 queue_failed, and nothing is stored', async () => {
  const route = routeTo(() => Promise.reject(new Error('connect ECONNREFUSED')))
  expect(await route.answer(requestFor(BODY))).toMatchObject({ status: 503, body: '{"code":"queue_failed"}' })
  expect(route.results).toMatchObject([{ ok: false, error: { cause: { message: 'connect ECONNREFUSED' } } }])
  expect(route.stored()).toEqual([])
})

test('a queue that does not answer is 503 queue_failed in time, and is told', async () => {
  let signal: AbortSignal | undefined
  const route = routeTo(
    (_, given) => {
      signal = given
      return new Promise(() => {})
    },
    { timeoutMs: 50 },
  )
  expect(await route.answer(requestFor(BODY))).toMatchObject({ status: 503, body: '{"code":"queue_failed"}' })
  expect(signal?.aborted).toBe(true)
  // There is no error of the engine's.
  expect(route.results).toMatchObject([{ error: { message: expect.stringMatching(/after 0.05 s\. .* are right\.$/) } }])
})

test('what is not signed never reaches a queue', async () => {
  const taken: SignedDelivery[] = []
  const route = routeTo(async (delivery) => taken.push(delivery) > 0)
  expect(await route.answer(requestFor(BODY, { secret: OTHER_SECRET }))).toMatchObject({ status: 400 })
  const old = requestFor(BODY, { timestamp: Math.floor(Date.now() / 1000) - 301 })
  expect(await route.answer(old)).toMatchObject({ status: 400, body: '{"code":"timestamp_out_of_range"}' })
  expect(taken).toEqual([])
})

test.each(['email.created', 'sms.created'])('%s carries a one-time code: it is never queued', async (type) => {
  const route = routeTo(() => Promise.reject(new Error('It was handed over.')))
  const body = envelope(type, { id: 'ema_1', body: 'Your code is 424242' })
  expect(await route.answer(requestFor(body))).toMatchObject({ status: 200, body: '{"outcome":"ignored"}' })
})

test('a delivery that has waited is verified at any age, by the secrets of now and by those rotated out', async () => {
  const adapter = memoryAdapter({ users: { columns: { email: {} } } })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET })
  const waited = (attempt = {}) => ({
    headers: signed(BODY, { timestamp: T0 / 1000 - 9_000_000, ...attempt }),
    body: BODY,
  })

  await expect(clerkSync.verify(waited())).rejects.toMatchObject({ code: 'timestamp_out_of_range' })
  expect(await clerkSync.verify(waited({ id: 'msg_1' }), { anyAge: true })).toMatchObject({ id: 'msg_1' })

  const rotated = waited({ secret: OTHER_SECRET })
  await expect(clerkSync.verify(rotated, { anyAge: true })).rejects.toMatchObject({ code: 'signature_mismatch' })
  const retiredSecrets = [OTHER_SECRET]
  expect(await clerkSync.verify(rotated, { anyAge: true, retiredSecrets })).toMatchObject({ type: 'user.created' })

  for (const forged of [
    { ...waited(), body: BODY.replace('user_', 'user-') },
    { ...waited(), headers: { ...waited().headers, 'svix-id': 'msg_other' } },
    { ...waited(), headers: { ...waited().headers, 'svix-timestamp': String(T0 / 1000) } },
    { ...waited(), headers: { ...waited().headers, 'svix-signature': 'v1,AAAA' } },
  ]) {
    const verifying = clerkSync.verify(forged, { anyAge: true, retiredSecrets })
    await expect(verifying).rejects.toMatchObject({ code: 'signature_mismatch' })
  }
  // One of several, as while a secret is rotated.
  const both = waited()
  both.headers['svix-signature'] = `v1,AAAA ${both.headers['svix-signature']}`
  expect(await clerkSync.verify(both, { anyAge: true })).toMatchObject({ type: 'user.created' })
  // Found with the first message, and not with the first that needs it.
  const malformed = clerkSync.verify(waited(), { anyAge: true, retiredSecrets: [OTHER_SECRET, 'whsec_?'] })
  await expect(malformed).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('retiredSecrets[1] is malformed'),
  })
})

test('the answer to a handler of its own is that of clerkSync.handler', async () => {
  const clerkSync = syncOf()
  expect(await toFetchHandler(clerkSync)(requestFor(BODY)).then(answerOf)).toMatchObject({ status: 200 })
  expect(clerkSync.stored()).toHaveLength(1)
})
