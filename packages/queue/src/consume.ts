import {
  type AppliedEvent,
  type ClerkEvent,
  type ClerkSync,
  ClerkSyncError,
  causesOf,
  checkSecrets,
} from '@clerk-sync/core'
import { checkOptions } from '@clerk-sync/core/adapter'
import { checkClerkSync } from './check-given.ts'
import { deliveryOf, isMessage, type QueueMessage } from './message.ts'

/** A message that an engine has handed to its worker. */
export interface ReceivedMessage {
  /** As `enqueue` has sent it. */
  readonly message: unknown
  /** Whether the engine gives it up where this attempt fails. */
  readonly lastAttempt: boolean
}

/** What became of a message: acknowledge what is `ok`, and leave the rest to the engine's retries. */
export type ConsumedMessage =
  | { readonly ok: true; readonly error?: undefined }
  | { readonly ok: false; readonly error: ClerkSyncError }

/** A message that was not stored. */
export interface FailedMessage {
  /** The event; undefined where the message was not verified. */
  readonly event: ClerkEvent | undefined
  readonly error: ClerkSyncError
  /** Whether the engine gives the message up now, and its dead-letter queue has it. */
  readonly lastAttempt: boolean
}

/** What every worker takes. */
export interface ConsumeOptions {
  /**
   * Signing secrets that were rotated out while messages with their signatures may still wait, in the queue or among its
   * dead letters. Default: none, beside the `signingSecret` of `createClerkSync`.
   */
  readonly retiredSecrets?: readonly string[] | undefined
  /**
   * Called with each attempt that fails. Default: one line on `console`, as a route's, and below it the stack of what a hook
   * or a map threw, as that was written. What is `parked` goes to the `logger` or the `onResult` of `createClerkSync` in its
   * place.
   */
  readonly onFailure?: ((failure: FailedMessage) => void) | undefined
}

export const CONSUME_OPTIONS = ['retiredSecrets', 'onFailure'] as const satisfies readonly (keyof ConsumeOptions)[]

/**
 * What a worker calls of `createClerkSync`. One of your own begins with all of it, `{ ...clerkSync, applyMany }`, since a worker
 * looks at its secrets as well.
 */
export type Consumer = Pick<ClerkSync, 'verify' | 'applyMany'>

/**
 * For a worker that is made: what it finds with its messages costs each of them an attempt, and a day later all of them are
 * among the dead letters.
 *
 * @throws ClerkSyncError `config_invalid` for what `createClerkSync` did not return, and where it has no secret to verify
 * with, or one is malformed.
 */
export function checkConsumer(call: string, clerkSync: Consumer, { retiredSecrets }: ConsumeOptions): void {
  checkClerkSync(call, clerkSync, 'applyMany')
  checkSecrets(clerkSync, { retiredSecrets }, call)
}

/**
 * Stores the events of messages, in few statements: each signature is checked again, at any age. Messages may come in any
 * order, more than once, and to several workers at once.
 *
 * On its last attempt, an event that is refused is kept in the adapter's table `deadLetters`, where there is one. It is not
 * `ok` all the same, so that the engine's own dead-letter queue shows it as well.
 *
 * @returns what became of each, in the order of the list
 * @throws ClerkSyncError `config_invalid` for options that do not exist, for what `createClerkSync` did not return, and where
 * there is no secret to verify with, or a malformed one in `retiredSecrets`: acknowledge nothing then. `checkSecrets` of core
 * finds it when the process starts, before a message loses an attempt.
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { consume } from '@clerk-sync/queue'
 *
 * interface Message {
 *   readonly body: unknown
 *   readonly attempts: number
 *   ack(): void
 *   retry(): void
 * }
 *
 * export async function work(clerkSync: ClerkSync, messages: readonly Message[]) {
 *   const received = messages.map(({ body, attempts }) => ({ message: body, lastAttempt: attempts >= 10 }))
 *   const results = await consume(clerkSync, received)
 *   messages.forEach((message, n) => (results[n]?.ok ? message.ack() : message.retry()))
 * }
 * ```
 */
export async function consume(
  clerkSync: Consumer,
  messages: readonly ReceivedMessage[],
  options: ConsumeOptions = {},
): Promise<readonly ConsumedMessage[]> {
  checkOptions('consume', options, CONSUME_OPTIONS)
  checkConsumer('consume(clerkSync, messages)', clerkSync, options)
  const { retiredSecrets, onFailure } = options
  const verified = await Promise.all(
    messages.map(async ({ message }): Promise<ClerkEvent | ClerkSyncError> => {
      try {
        return await clerkSync.verify(deliveryOf(message), { anyAge: true, retiredSecrets })
      } catch (error) {
        const ours = asOurs(error)
        return ours.code === 'signature_mismatch' && isMessage(message) ? notSigned(message) : ours
      }
    }),
  )
  const last = new Set(verified.filter((event, n): event is ClerkEvent => isEvent(event) && isLast(messages[n])))
  const events = verified.filter(isEvent)
  const applied = await apply(clerkSync, events, (event) => last.has(event))
  return verified.map((one, n) => {
    const { ok, error } = isEvent(one) ? (applied.get(one) ?? notAnswered(one)) : { ok: false, error: one }
    if (!error) return { ok: true }
    const failure = { event: isEvent(one) ? one : undefined, error, lastAttempt: isLast(messages[n]) }
    // What is parked, clerkSync has told.
    if (onFailure || !ok) tell(clerkSync, onFailure, failure)
    return { ok: false, error }
  })
}

type Applied = Pick<AppliedEvent, 'ok' | 'error'>

/** Acknowledged, it would be lost. */
function notAnswered({ id }: ClerkEvent): Applied {
  const message = `applyMany said nothing of the event ${id}. One of your own passes on each event as it is given.`
  return { ok: false, error: new ClerkSyncError('store_failed', message) }
}

/** What became of each event; `ok` with an error where it is parked. */
async function apply(
  clerkSync: Consumer,
  events: readonly ClerkEvent[],
  lastAttempt: (event: ClerkEvent) => boolean,
): Promise<ReadonlyMap<ClerkEvent, Applied>> {
  if (events.length === 0) return new Map()
  let applied: readonly AppliedEvent[]
  try {
    applied = await clerkSync.applyMany(events, { lastAttempt })
  } catch (error) {
    return new Map(events.map((event) => [event, { ok: false, error: asOurs(error) }]))
  }
  return new Map(applied.map((one) => [one.event, one]))
}

function isEvent(one: ClerkEvent | ClerkSyncError): one is ClerkEvent {
  return !ClerkSyncError.is(one)
}

function isLast(message: ReceivedMessage | undefined): boolean {
  return message?.lastAttempt === true
}

/** Of a route, it would be a body that was changed on its way, or the secret of another endpoint. */
function notSigned({ id }: QueueMessage): ClerkSyncError {
  return new ClerkSyncError(
    'signature_mismatch',
    `No signature of the message ${id} matches. If the secret was rotated while this waited, give the old one as ` +
      "retiredSecrets. Otherwise the secret is another endpoint's, or something else writes to this queue.",
  )
}

function asOurs(error: unknown): ClerkSyncError {
  if (ClerkSyncError.is(error)) return error
  return new ClerkSyncError('store_failed', 'The message failed in a way that is not expected.', { cause: error })
}

/** As the line of a route, but for who brings the event again. */
function logFailure(clerkSync: Consumer, { event, error, lastAttempt }: FailedMessage): void {
  const what = event ? ` ${event.type} ${event.id}` : ''
  const then = lastAttempt
    ? 'It was the last attempt: the message is among the dead letters.'
    : 'The queue gives it to a worker again.'
  const { names, stack } = causesOf(clerkSync, error)
  const line = `clerk-sync: ${error.code}${what}: ${error.message} ${then}${names && ` (${names})`} ${error.docs}`
  console.error(stack ? `${line}\n${stack}` : line)
}

/** The event is stored or refused by now: an observer's trouble changes nothing of it. */
export function tell(clerkSync: Consumer, onFailure: ConsumeOptions['onFailure'], failure: FailedMessage): void {
  try {
    if (onFailure) onFailure(failure)
    else logFailure(clerkSync, failure)
  } catch (error) {
    console.error(`clerk-sync: ${onFailure ? 'onFailure' : 'the line of a failure'} threw`, error)
  }
}
