import type { AppliedEvent } from '../apply-many.ts'
import { mayBeKept } from '../dead-letters/what-is-parked.ts'
import type { DeliveryResult } from '../delivery/delivery-result.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import { type ClerkSyncError, chainOf } from '../errors.ts'
import { prop } from '../port/prop.ts'
import type { Entity } from '../port/sync-adapter.ts'

/** What the page of `clerk-sync dev` shows of a delivery. It is sent as JSON. */
export interface RecordedDelivery {
  /** When it was done, in ms since 1970. */
  readonly at: number
  /** Counted by each application: of two that were done in the same millisecond, the later one has the higher number. */
  readonly number: number
  /** At the route, or by `apply` and `applyMany`, as a queue's worker calls them. */
  readonly by: 'route' | 'worker'
  /** What became of it, `created` say; `failed` where it was refused. */
  readonly outcome: string
  /** Why, where the outcome has a sentence of its own. */
  readonly reason?: string
  /** What the sender was answered; a worker has no sender. */
  readonly status?: number
  /** How long it took, in ms. */
  readonly durationMs?: number
  /** How old the event was then, in ms. */
  readonly lagMs?: number
  /** Left out where nothing was verified. */
  readonly event?: ClerkEvent
  /** Whether a part of its data was left out: one-time codes and links that let somebody in are kept nowhere. */
  readonly isPartial?: true
  /** Which row the event is about; left out where it is about none. */
  readonly row?: {
    readonly entity: Entity
    readonly key: string
    /** The `updated_at` of what the event would write, in ms; null for a delete, which is newer than all. */
    readonly updatedAt: number | null
    readonly before: RecordedRow
    readonly after: RecordedRow
  }
  readonly error?: RecordedError
}

/** A row as it was read. */
export type RecordedRow =
  | { readonly state: 'absent' }
  /** Why it was not read. */
  | { readonly state: 'unknown'; readonly reason: string }
  | {
      readonly state: 'live' | 'deleted'
      /** Null where it was removed, and its tombstone is beside. */
      readonly values: object | null
      /** The `updated_at` of what it holds, in ms; null for a tombstone, and where nothing of Clerk's has reached it. */
      readonly updatedAt: number | null
    }

export interface RecordedError {
  readonly code: string
  readonly message: string
  readonly docs: string
  /** What caused it, from the outermost to the innermost, each with its stack; empty where nothing did. */
  readonly causes: readonly string[]
}

type Facts = Omit<RecordedDelivery, 'at' | 'number' | 'by' | 'row'>

export function factsOfResult(result: DeliveryResult): Facts {
  const { status, durationMs, lagMs, event } = result
  return {
    outcome: result.ok ? result.outcome : 'failed',
    ...('reason' in result && { reason: result.reason }),
    status,
    durationMs,
    ...(lagMs !== undefined && { lagMs }),
    ...(event && eventToShow(event)),
    ...('error' in result && { error: recordedError(result.error) }),
  }
}

/** Of what `apply` has done. */
export function factsOfApplied(event: ClerkEvent, outcome: string, error: ClerkSyncError | undefined): Facts {
  // A worker may have been given anything.
  const timestamp = prop(event, 'timestamp')
  return {
    outcome,
    ...eventToShow(event),
    ...(typeof timestamp === 'number' && { lagMs: Date.now() - timestamp }),
    ...(error && { error: recordedError(error) }),
  }
}

export function factsOfMany({ event, outcome, error }: AppliedEvent): Facts {
  return factsOfApplied(event, outcome ?? 'failed', error)
}

/** A worker may have been given anything. */
function eventToShow(event: ClerkEvent): Pick<Facts, 'event' | 'isPartial'> {
  const type = prop(event, 'type')
  if (typeof type !== 'string') return { event }
  if (!mayBeKept(event)) return { event: { ...event, data: {} } as object as ClerkEvent, isPartial: true }
  // Whoever has it accepts the invitation.
  const isInvitation = /invitation\./i.test(type)
  if (!isInvitation || typeof prop(event.data, 'url') !== 'string') return { event }
  const { url: _, ...data } = event.data as object as Record<string, unknown>
  return { event: { ...event, data } as object as ClerkEvent, isPartial: true }
}

/** With every message: what is shown to the developer, of a database of his own, need not be kept from anyone. */
export function recordedError({ code, message, docs, cause }: ClerkSyncError): RecordedError {
  const causes = cause === undefined ? [] : [...chainOf(cause)]
  return { code, message, docs, causes: causes.map(stackOf) }
}

function stackOf(cause: unknown): string {
  return textOf(cause, (error) => error.stack ?? `${error.name}: ${error.message}`)
}

/** Never throws: an application may throw anything, `Object.create(null)` or an error with getters of its own. */
export function textOf(thrown: unknown, ofError = (error: Error): unknown => error.message): string {
  try {
    return String(thrown instanceof Error ? ofError(thrown) : thrown)
  } catch {
    return 'a value that has no text'
  }
}

/** JSON of values that databases give: whole numbers of any size, and bytes. */
export function portableJson(value: unknown): string {
  return JSON.stringify(value, function (this: object, key: string, part: unknown) {
    // A Buffer has been made a list of numbers by now.
    const given: unknown = Reflect.get(this, key)
    if (given instanceof Uint8Array) return `(${given.byteLength} bytes)`
    return typeof part === 'bigint' ? part.toString() : part
  })
}
