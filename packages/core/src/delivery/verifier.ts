import { Webhook } from 'svix'

/** What is signed, and the signatures it came with. */
export interface Signed {
  readonly id: string
  /** Seconds. */
  readonly timestamp: string
  /** Separated by spaces, each with its version: `v1,…`. */
  readonly signature: string
  readonly body: string
}

/** Whether one of the signatures was made with a certain secret. It looks at no clock. */
export type Verifier = (signed: Signed) => boolean

type Crypto = typeof import('node:crypto')

/**
 * Node's own HMAC where there is one, which takes a quarter of the time of svix in JavaScript; otherwise svix. The module
 * is asked for at run time, so that no bundler for a browser or an edge runtime looks for it.
 *
 * @throws Error for a secret that svix refuses.
 */
export function verifierOf(secret: string): Verifier {
  const webhook = new Webhook(secret)
  const crypto = globalThis.process?.getBuiltinModule?.('node:crypto')
  return crypto ? byNode(crypto, secret) : bySvix(webhook)
}

function byNode({ createHmac, createSecretKey, timingSafeEqual }: Crypto, secret: string): Verifier {
  const key = createSecretKey(secret.slice('whsec_'.length), 'base64')
  return ({ id, timestamp, signature, body }) => {
    const digest = createHmac('sha256', key)
      .update(`${id}.${Number(timestamp)}.${body}`)
      .digest('base64')
    const expected = Buffer.from(digest)
    return signature.split(' ').some((versioned) => {
      const [version, text = ''] = versioned.split(',')
      if (version !== 'v1') return false
      const given = Buffer.from(text)
      return given.length === expected.length && timingSafeEqual(given, expected)
    })
  }
}

function bySvix(webhook: Webhook): Verifier {
  return ({ id, timestamp, signature, body }) => {
    try {
      webhook.verify(body, { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signature })
      return true
    } catch {
      // The headers were read and their time was looked at before: what is left is a signature that does not match.
      return false
    }
  }
}
