import { ClerkSyncError, type RawDelivery, type SignedDelivery } from '@clerk-sync/core'

/**
 * What lies in a queue: the delivery as it came, so that whoever takes it out can check the signature again. Its fields
 * stay as they are for as long as a message may wait.
 */
export type QueueMessage = SignedDelivery

/** What comes together and is put into a queue by one statement. */
export const ONE_STATEMENT = {
  most: 500,
  maxBytes: 8_388_608,
  bytesOf: ({ body }: QueueMessage) => Buffer.byteLength(body),
} as const

const FIELDS = ['id', 'timestamp', 'signature', 'body'] as const satisfies readonly (keyof QueueMessage)[]

/** @throws ClerkSyncError `payload_invalid` for what `enqueue` did not write. */
export function deliveryOf(message: unknown): RawDelivery {
  if (!isMessage(message)) {
    throw new ClerkSyncError(
      'payload_invalid',
      `The message is not one of enqueue's, which have the texts ${FIELDS.join(', ')}. Something else writes to this queue: ` +
        'give Clerk one of its own.',
    )
  }
  const { id, timestamp, signature, body } = message
  return { headers: { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signature }, body }
}

export function isMessage(value: unknown): value is QueueMessage {
  if (typeof value !== 'object' || value === null) return false
  return FIELDS.every((field) => typeof Reflect.get(value, field) === 'string')
}

/**
 * For engines that keep text. SQS refuses U+FFFE and U+FFFF, which JSON allows, and emulators of it whatever lies beyond
 * them: JSON has an escape for each.
 */
export function textOf(message: QueueMessage): string {
  return JSON.stringify(message).replace(
    /[\uD800-\uDFFF\uFFFE\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
  )
}

/** The message in a text; what is no JSON is given on, to be refused by {@link deliveryOf}. */
export function messageIn(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return text
  }
}
