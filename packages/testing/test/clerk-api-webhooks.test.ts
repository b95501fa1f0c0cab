import { createServer } from 'node:http'
import { createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { toNodeHandler } from '@clerk-sync/core/node'
import type { WebhookDelivery } from '@clerk-sync/testing'
import { expect, it, onTestFinished } from 'vitest'
import { clerk } from './clerk.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** An application with a table of users. */
function application() {
  const adapter = memoryAdapter({ users: { columns: { firstName: {} } } })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET })
  return { clerkSync, users: () => adapter.rows('users') }
}

it('a sign-up reaches the table of a server', async () => {
  const { clerkSync, users } = application()
  const server = createServer(toNodeHandler(clerkSync)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  const webhookUrl = () => {
    const address = server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/api/webhooks/clerk`
  }
  const { api, client } = await clerk({ webhookUrl, signingSecret: SECRET })
  await api.users.create({ id: 'user_1', first_name: 'Ada' })
  expect(users()).toMatchObject([{ id: 'user_1', firstName: 'Ada' }])
  await client.users.updateUser('user_1', { firstName: 'Augusta' })
  await api.webhooks.idle()
  expect(users()).toMatchObject([{ firstName: 'Augusta' }])
  await api.users.delete('user_1')
  expect(users()).toMatchObject([{ deletedAt: expect.any(Date) }])
  expect(api.webhooks.attempts.map(({ status }) => status)).toEqual([200, 200, 200])
})

it('late, twice, never, and in another order: what was delivered is what is in the table', async () => {
  const { clerkSync, users } = application()
  const delivered: string[] = []
  const onWebhook = ({ event, headers, body }: WebhookDelivery) => {
    delivered.push(event.type)
    return clerkSync.receive({ headers, body })
  }
  const { api } = await clerk({ onWebhook, signingSecret: SECRET, webhooks: 'late', seed: 5 })
  const ada = await api.users.create({ first_name: 'Ada' })
  await api.users.update(ada.id, { first_name: 'Augusta' }, { webhook: 'twice' })
  await api.users.create({}, { webhook: 'never' })
  expect(delivered).toEqual(['user.updated', 'user.updated'])
  expect(api.webhooks.waiting.map(({ type }) => type)).toEqual(['user.created'])
  await api.webhooks.deliverWaiting()
  expect(delivered).toEqual(['user.updated', 'user.updated', 'user.created'])
  expect(users()).toMatchObject([{ id: ada.id, firstName: 'Augusta' }])
  expect(api.webhooks.events).toHaveLength(3)
})

it('shuffled, in an order of the seed', async () => {
  const order = async (seed: number) => {
    const delivered: string[] = []
    const { api } = await clerk({
      webhooks: () => 'late',
      onWebhook: ({ event }) => void delivered.push(String(event.data.id)),
      seed,
    })
    for (let n = 0; n < 8; n++) await api.users.create({ id: `user_${n}` })
    await api.webhooks.deliverWaiting({ shuffled: true })
    return delivered
  }
  expect(await order(1)).toEqual(await order(1))
  expect(await order(1)).not.toEqual((await order(1)).toSorted())
})

it('what an endpoint refuses, or throws, waits for the next attempt under the same id', async () => {
  const ids: string[] = []
  const answers: (() => unknown)[] = [
    () => ({ status: 503 }),
    () => {
      throw new Error('The endpoint is away.')
    },
    () => new Response(null, { status: 500 }),
    () => undefined,
  ]
  const { api } = await clerk({
    onWebhook: ({ id }) => {
      ids.push(id)
      return answers.shift()?.()
    },
  })
  await api.users.create()
  for (let n = 0; n < 3; n++) {
    expect(api.webhooks.waiting).toHaveLength(1)
    await api.webhooks.deliverWaiting()
  }
  expect(api.webhooks.waiting).toHaveLength(0)
  expect(new Set(ids).size).toBe(1)
  expect(api.webhooks.attempts.map(({ status }) => status)).toEqual([503, null, 500, 200])
})

it('an update is newer than what it changes, even within a millisecond', async () => {
  const { api } = await clerk({ now: () => Date.UTC(2026, 0, 1) })
  const created = await api.users.create()
  const first = await api.users.update(created.id, { first_name: 'A' })
  const second = await api.users.update(created.id, { first_name: 'B' })
  expect(first.updated_at).toBeGreaterThan(created.updated_at)
  expect(second.updated_at).toBeGreaterThan(first.updated_at)
})
