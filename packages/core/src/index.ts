export type {
  Change,
  ColumnInfo,
  Delete,
  DeleteOutcome,
  Entity,
  EventRef,
  Found,
  Outcome,
  Problem,
  Rows,
  SyncAdapter,
  TableInfo,
  Tally,
  Upsert,
  UpsertOutcome,
  Values,
  WriteOutcome,
} from './adapter.ts'
export type { Snapshot } from './change.ts'
export type { ClerkEvent, ClerkEventData, ClerkEventType } from './clerk-event.ts'
export { type ClerkSync, createClerkSync, type FoundRow, type Options } from './create-clerk-sync.ts'
export { type Fault, faultOf } from './database-fault.ts'
export type { RawBody, RawDelivery, RawHeaders } from './delivery.ts'
export { type EnsureUserOptions, ensureUser } from './ensure-user.ts'
export { ClerkSyncError, type ErrorCode } from './errors.ts'
export type { HookContext, Hooks } from './hooks.ts'
export type { DeletedRow, MapOption, MappedRow, MappedRows, Maps } from './map-option.ts'
export type { OrganizationMembershipRecord, OrganizationRecord, SessionRecord, UserRecord } from './records.ts'
export type { DeliveryResult } from './result.ts'
export { withRetries } from './retry.ts'
export { NO_VERSION, type Rank, versionOf } from './version.ts'
