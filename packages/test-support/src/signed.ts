import { createHmac } from 'node:crypto'
import type { ClerkEvent, RawDelivery } from '@clerk-sync/core'

const KEY = Buffer.from('a signing secret of the tests')
export const SIGNING_SECRET = `whsec_${KEY.toString('base64')}`

/** An event as Svix sends it; each call is an attempt of its own. */
export function signedDelivery({ id, type, data, timestamp, instanceId }: ClerkEvent): RawDelivery {
  const body = JSON.stringify({ object: 'event', type, data, timestamp, instance_id: instanceId })
  const sentAt = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', KEY).update(`${id}.${sentAt}.${body}`).digest('base64')
  return { headers: { 'svix-id': id, 'svix-timestamp': sentAt, 'svix-signature': `v1,${signature}` }, body }
}
