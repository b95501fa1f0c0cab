import type { ClerkEvent } from '@clerk-sync/core'
import { Webhook } from 'svix'
import { clerkJson } from './clerk-json.ts'

export interface SigningOptions {
  /** The endpoint's signing secret, `whsec_…`. */
  readonly secret: string
  /** The id of the message, the same for every attempt; the event's, unless said. */
  readonly id?: string
  /** When this attempt is made, in ms since 1970; now, unless said. More than five minutes off is refused. */
  readonly timestamp?: number
  /** The family of the header names: `svix-id`, which is what Clerk sends, or `webhook-id`. Default `svix`. */
  readonly headers?: 'svix' | 'webhook'
}

/** A message whose bytes are known: one that was recorded. */
export interface RecordedMessage {
  readonly id: string
  readonly body: string
}

/** One attempt at a message, as it comes over the wire. */
export interface SignedDelivery {
  readonly id: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * An event as Svix delivers it for Clerk: the exact bytes, and the headers that sign them. Each call is an attempt of
 * its own at the same message. Of a message that was recorded, the bytes are sent as they are.
 *
 * @throws Error when the secret is not `whsec_` and base64.
 * @example
 * ```ts
 * import { clerkEvent, signedDelivery } from '@clerk-sync/testing'
 *
 * const secret = process.env['CLERK_WEBHOOK_SIGNING_SECRET'] ?? ''
 * const { body, headers } = signedDelivery(clerkEvent('user.created'), { secret })
 * await fetch('http://localhost:3000/api/webhooks/clerk', { method: 'POST', headers, body })
 * ```
 */
export function signedDelivery(event: ClerkEvent | RecordedMessage, options: SigningOptions): SignedDelivery {
  const { secret, id = event.id, timestamp = Date.now(), headers: family = 'svix' } = options
  const body = 'body' in event ? event.body : bodyOf(event)
  const sentAt = new Date(timestamp)
  return {
    id,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Svix-Webhooks/1.0',
      [`${family}-id`]: id,
      [`${family}-timestamp`]: String(Math.floor(timestamp / 1000)),
      [`${family}-signature`]: signer(secret).sign(id, sentAt, body),
    },
  }
}

/**
 * The same as a Fetch `Request`, for a route that takes one.
 *
 * @throws Error when the secret is not `whsec_` and base64, or the URL is not absolute.
 * @example
 * ```ts
 * import { clerkEvent, signedRequest } from '@clerk-sync/testing'
 *
 * declare const POST: (request: Request) => Promise<Response>
 * const secret = process.env['CLERK_WEBHOOK_SIGNING_SECRET'] ?? ''
 * const response = await POST(signedRequest('https://example.com/api/webhooks/clerk', clerkEvent('user.created'), { secret }))
 * ```
 */
export function signedRequest(url: string | URL, event: ClerkEvent, options: SigningOptions): Request {
  const { body, headers } = signedDelivery(event, options)
  return new Request(url, { method: 'POST', headers, body })
}

function bodyOf({ type, data, timestamp, instanceId }: ClerkEvent): string {
  return clerkJson({
    data,
    event_attributes: { http_request: { client_ip: '203.0.113.7', user_agent: 'Mozilla/5.0 (X11; Linux x86_64)' } },
    ...(instanceId === null ? {} : { instance_id: instanceId }),
    object: 'event',
    timestamp,
    type,
  })
}

/** Signing is asked for many times with one secret. */
let last: { readonly secret: string; readonly webhook: Webhook } | undefined

function signer(secret: string): Webhook {
  if (last?.secret === secret) return last.webhook
  try {
    last = { secret, webhook: new Webhook(secret) }
  } catch (cause) {
    throw new Error('The secret is "whsec_" and base64, as the endpoint shows it in the Clerk Dashboard (Webhooks).', {
      cause,
    })
  }
  return last.webhook
}
