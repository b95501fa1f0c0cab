import { clerkEvent, signedRequest } from '@clerk-sync/testing'
import { expect, test } from 'vitest'
import { clerkSync } from './clerk-sync'

const secret = process.env.CLERK_WEBHOOK_SIGNING_SECRET ?? ''
const url = 'http://localhost/api/webhooks/clerk'
const event = clerkEvent('user.created', { id: 'user_1', email_addresses: [{ email_address: 'ada@example.com' }] })

test('a delivery is written', async () => {
  const response = await clerkSync.handler(signedRequest(url, event, { secret }))
  expect([response.status, await response.json()]).toEqual([200, { outcome: 'created' }])
})

test('a wrong signature is refused', async () => {
  const another = `whsec_${Buffer.from('another secret').toString('base64')}`
  expect((await clerkSync.handler(signedRequest(url, event, { secret: another }))).status).toBe(400)
})
