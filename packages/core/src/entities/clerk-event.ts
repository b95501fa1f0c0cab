import type { WebhookEvent } from './clerk-types.gen.ts'

/** `Extract` does not do: one member of Clerk's union stands for several types. */
type ClerkData<Type extends string> = WebhookEvent extends infer Member
  ? Member extends { type: infer Types; data: infer Data }
    ? Type extends Types
      ? Data
      : never
    : never
  : never

/** Every event that Clerk's types know, and `session.pending`, which Clerk sends and its types lack. */
export type ClerkEventType = WebhookEvent['type'] | 'session.pending'

/** What Clerk sends with an event of this type. */
export type ClerkEventData<Type extends ClerkEventType> = Type extends 'session.pending'
  ? ClerkData<'session.created'>
  : ClerkData<Type>

interface Envelope<Type extends ClerkEventType> {
  /** The svix-id: the same for every attempt at this message and for a manual resend. */
  readonly id: string
  readonly type: Type
  readonly data: ClerkEventData<Type>
  /** When it happened, in ms since 1970. */
  readonly timestamp: number
  /** The Clerk instance it comes from; null where the delivery does not say. */
  readonly instanceId: string | null
}

/**
 * A verified event; `type` says what `data` is. It is plain JSON, so that it can wait in a queue between
 * `verify` and `apply`.
 *
 * @example
 * ```ts
 * import type { ClerkEvent } from '@clerk-sync/core'
 *
 * export function emailCount(event: ClerkEvent): number {
 *   return event.type === 'user.created' ? event.data.email_addresses.length : 0
 * }
 * ```
 */
export type ClerkEvent<Type extends ClerkEventType = ClerkEventType> = { [T in Type]: Envelope<T> }[Type]
