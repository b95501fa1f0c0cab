import type { ClerkEvent, ClerkEventData, ClerkEventType } from '@clerk-sync/core'
import { clerkJson } from './clerk-json.ts'
import { clerkJsonOf, type EntityName } from './clerk-object.ts'
import { EVENTS, eventTypes } from './event-types.ts'
import type { DeepPartial } from './merge.ts'
import type { Json } from './objects/json.ts'
import { idOf } from './random.ts'
import { SEEDED_AT, type Seed, seedText } from './seed.ts'

export interface EventOptions {
  /**
   * The same seed, the same event; events of one seed are of one user, one organization and so on. Without a seed they
   * are made from the object's id, else at random.
   */
  readonly seed?: Seed
  /** When it happened, in ms since 1970. Now, unless said; with a seed, a time in January 2026. */
  readonly timestamp?: number
  /** The Clerk instance that it comes from. */
  readonly instanceId?: string
}

/** How long after the object was created an event of it happens, in ms. */
const LATER = { created: 0, updated: 3_600_000, deleted: 7_200_000 }
/** Between a snapshot and its envelope, in ms. */
export const ENVELOPE_LAG_MS = 18

/**
 * An event as `verify` gives it, for a hook, for `apply` and for `signedDelivery`; what is not given of its data is
 * made up, as Clerk sends it.
 *
 * A delete has the id alone, as Clerk's has, except that of a membership, which is whole.
 *
 * @example
 * ```ts
 * import { clerkEvent } from '@clerk-sync/testing'
 *
 * const signUp = clerkEvent('user.created', { id: 'user_1', first_name: 'Ada' })
 * const signIn = clerkEvent('session.created', { user_id: 'user_1' })
 * const theSame = clerkEvent('user.created', {}, { seed: 1 })
 * ```
 */
export function clerkEvent<Type extends ClerkEventType>(
  type: Type,
  data: DeepPartial<ClerkEventData<Type>> = {} as DeepPartial<ClerkEventData<Type>>,
  options: EventOptions = {},
): ClerkEvent<Type> {
  if (!(type in EVENTS)) throw new Error(`Clerk sends no "${type}". It sends ${eventTypes.join(', ')}.`)
  const { seed, instanceId = null } = options
  const text = seedText(seed, data)
  const given: Json = { ...data }
  const timestamp = options.timestamp ?? timestampOf(type, given, seed !== undefined)
  const snapshotAt = timestamp - ENVELOPE_LAG_MS
  // A message of its own for each content; without a seed, for each call.
  const message = seed === undefined ? seedText(undefined, {}) : clerkJson([type, text, given, timestamp])
  const event = { id: idOf('msg', message), type, data: dataOf(type, given, text, snapshotAt), timestamp, instanceId }
  return event as object as ClerkEvent<Type>
}

/** The event of an object that is there, as Clerk sends it. */
export function eventOf(type: ClerkEventType, json: Json): Json {
  if (!type.endsWith('.deleted') || type === 'organizationMembership.deleted') return json
  const { object, id, external_id: externalId } = json
  const external = type === 'user.deleted' && typeof externalId === 'string' ? { external_id: externalId } : {}
  return { object, id, deleted: true, ...external }
}

export function entityOf(type: ClerkEventType): EntityName {
  return type.slice(0, type.indexOf('.')) as EntityName
}

function dataOf(type: ClerkEventType, given: Json, seed: string, at: number): Json {
  const entity = entityOf(type)
  const state = { ...EVENTS[type] }
  if (type === 'organizationInvitation.accepted') state.user_id = idOf('user', seed)
  if (type === 'paymentAttempt.updated') state.paid_at = at
  if (type === 'subscription.pastDue' || type === 'subscriptionItem.pastDue') state.past_due_at = at
  const createdAt = at - LATER[verbOf(type)]
  const whole = clerkJsonOf(entity, { ...state, ...given }, seed, createdAt, at)
  const bare = eventOf(type, whole)
  return bare === whole ? whole : { ...bare, ...given }
}

/** The envelope of a snapshot whose time is given is dated a little later. */
function timestampOf(
  type: ClerkEventType,
  { updated_at: updatedAt, created_at: createdAt }: Json,
  seeded: boolean,
): number {
  if (typeof updatedAt === 'number') return updatedAt + ENVELOPE_LAG_MS
  const later = LATER[verbOf(type)]
  if (typeof createdAt === 'number') return createdAt + later + ENVELOPE_LAG_MS
  return seeded ? SEEDED_AT + later + ENVELOPE_LAG_MS : Date.now()
}

function verbOf(type: ClerkEventType): keyof typeof LATER {
  if (type.endsWith('.deleted')) return 'deleted'
  return type.endsWith('.created') || type.endsWith('.pending') ? 'created' : 'updated'
}
