export type { AppliedEvent, ApplyManyOptions } from './apply-many.ts'
export type { BatchOptions } from './batching/batch-options.ts'
export { type EnsureUserOptions, ensureUser } from './clerk-api/ensure-user.ts'
export { createClerkSync } from './create-clerk-sync.ts'
export type { DeadLettersApi } from './dead-letters/create-dead-letters.ts'
export type { ParkedEvent } from './dead-letters/letter.ts'
export type { DeliveryResult } from './delivery/delivery-result.ts'
export type { HookContext, Hooks, HookWithBefore } from './delivery/hooks.ts'
export type { ClerkSyncLogger } from './delivery/logger.ts'
export type { QueueDelivery, ReceiveOptions, SignedDelivery, VerifyOptions } from './delivery/queue-delivery.ts'
export type { RawBody, RawDelivery, RawHeaders } from './delivery/raw-delivery.ts'
export type { ClerkSyncDescription } from './describe.ts'
export type { Entity, TableName } from './entities/all-entities.ts'
export type { ClerkEvent, ClerkEventData, ClerkEventType } from './entities/clerk-event.ts'
export type { Snapshot } from './entities/define-entity.ts'
export type { OrganizationRecord } from './entities/organization.ts'
export type { OrganizationDomainRecord } from './entities/organization-domain.ts'
export type { OrganizationInvitationRecord } from './entities/organization-invitation.ts'
export type { OrganizationMembershipRecord } from './entities/organization-membership.ts'
export type { PaymentAttemptRecord } from './entities/payment-attempt.ts'
export type { PermissionRecord } from './entities/permission.ts'
export type { RoleRecord } from './entities/role.ts'
export type { SessionRecord } from './entities/session.ts'
export type { SubscriptionRecord } from './entities/subscription.ts'
export type { SubscriptionItemRecord } from './entities/subscription-item.ts'
export type { UserRecord } from './entities/user.ts'
export type { WaitlistEntryRecord } from './entities/waitlist-entry.ts'
export { ClerkSyncError, type ErrorCode } from './errors.ts'
export { toFetchHandler } from './hosts/fetch.ts'
export type { DeliveryLinkOptions, LinkOptions } from './linking/link-options.ts'
export type { DeletedRow, MapOption, MappedRow, MappedRows, Maps } from './mapping/map-option.ts'
export type {
  AppliedOutcome,
  DeleteMode,
  Outcome,
  Problem,
  Rows,
  UpsertOutcome,
  WriteOutcome,
} from './port/sync-adapter.ts'
export type { ClerkSyncTypeError } from './port/type-error.ts'
export type { PruneFailure, PruneOptions, PruneResult } from './prune.ts'
export type { ClerkSync, ClerkSyncOptions, FoundRow, OnDelete } from './types.ts'
