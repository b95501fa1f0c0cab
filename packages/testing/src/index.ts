export type { ChangeOptions, Changes } from './clerk-api/changes.ts'
export type { Fault } from './clerk-api/faults.ts'
export type { RateLimitOptions } from './clerk-api/rate-limit.ts'
export type { LoggedRequest } from './clerk-api/server.ts'
export type { SignedIn } from './clerk-api/session-tokens.ts'
export {
  type ClerkApi,
  type ClerkApiObjects,
  type ClerkApiOptions,
  startClerkApi,
} from './clerk-api/start-clerk-api.ts'
export type { ClerkApiWebhooks, WebhookAttempt, WebhookDelivery, WebhookFate } from './clerk-api/webhooks.ts'
export { clerkEvent, type EventOptions } from './clerk-event.ts'
export { type ClerkObjects, clerkObject, type EntityName, type ObjectOptions } from './clerk-object.ts'
export { eventTypes } from './event-types.ts'
export type { DeepPartial } from './merge.ts'
export { type ScenarioName, type ScenarioOptions, scenario, scenarios } from './scenarios.ts'
export type { Seed } from './seed.ts'
export {
  type RecordedMessage,
  type SignedDelivery,
  type SigningOptions,
  signedDelivery,
  signedRequest,
} from './signed-delivery.ts'
