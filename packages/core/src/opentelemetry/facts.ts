import type { Attributes } from '@opentelemetry/api'
import type { DeliveryResult } from '../delivery/delivery-result.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import { ClerkSyncError } from '../errors.ts'
import { printable } from '../port/printable.ts'

/** What is recorded of a delivery, as attributes: https://opentelemetry.io/docs/specs/semconv/messaging/ */
export interface DeliveryFacts {
  readonly event?: ClerkEvent | undefined
  readonly outcome: string
  /** Also beside the outcome `parked`. */
  readonly error?: unknown
  /** What the sender is answered, where there is one. */
  readonly status?: number
}

export function resultFacts(result: DeliveryResult): DeliveryFacts {
  const { event, status } = result
  const error = 'error' in result ? result.error : undefined
  return { event, status, error, outcome: result.ok ? result.outcome : 'failed' }
}

/** Of what rejects. An event that was refused as none is not looked at. */
export function thrownFacts(event: ClerkEvent | undefined, error: unknown): DeliveryFacts {
  const isEvent = !(ClerkSyncError.is(error) && error.code === 'payload_invalid')
  return { event: isEvent ? event : undefined, error, outcome: 'failed' }
}

/** Of a span that begins, for samplers. */
export function messageFacts(operation: string, event: ClerkEvent | undefined): Attributes {
  return {
    'messaging.system': 'clerk',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation === 'verify' ? 'receive' : 'process',
    ...typeFacts(event),
    ...(typeof event?.id === 'string' && { 'messaging.message.id': printable(event.id) }),
  }
}

export function spanFacts(operation: string, { event, outcome, error, status }: DeliveryFacts): Attributes {
  const lag = lagOf(event)
  return {
    ...messageFacts(operation, event),
    'clerk_sync.outcome': outcome,
    ...(lag !== undefined && { 'clerk_sync.lag': lag }),
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...errorType(error),
  }
}

/** Of a measurement: each combination is kept as a series of its own, so no ids. */
export function meterFacts(operation: string, { outcome, error }: DeliveryFacts): Attributes {
  return { 'messaging.operation.name': operation, 'clerk_sync.outcome': outcome, ...errorType(error) }
}

/** The type of the event is what others call a topic. What is none, such as `apply` may be given, is not recorded. */
export function typeFacts(event: ClerkEvent | undefined): Attributes {
  const type: unknown = event?.type
  return typeof type === 'string' && /^[a-z]\w*\.[a-z]\w*$/i.test(type) ? { 'messaging.destination.name': type } : {}
}

export function errorType(error: unknown): Attributes {
  if (error === undefined) return {}
  return { 'error.type': ClerkSyncError.is(error) ? error.code : '_OTHER' }
}

/** Anybody can send what is not signed: as for HTTP servers, a 4xx makes the span no error. */
export function isOurs(error: unknown): boolean {
  return error !== undefined && !(ClerkSyncError.is(error) && error.status < 500)
}

/** The age of the event in seconds, never below zero: the clock here may be behind Clerk's. */
export function lagOf(event: ClerkEvent | undefined): number | undefined {
  return typeof event?.timestamp === 'number' ? Math.max(0, Date.now() - event.timestamp) / 1000 : undefined
}
