// The entry `@clerk-sync/core/clerk-api`: what reads from Clerk's Backend API.
export type { LinkByEmail, LinkByExternalId, LinkByFunction, LinkedUser, LinkOptions } from '../linking/link-options.ts'
export type { LinkClash } from '../linking/match.ts'
export { backfill } from './backfill.ts'
export type { DriftContext } from './drift-context.ts'
export { type EnsureMembershipOptions, ensureMembership } from './ensure-membership.ts'
export {
  type EnsureOrganizationOptions,
  type EnsureUserOptions,
  ensureOrganization,
  ensureUser,
} from './ensure-user.ts'
export type { LinkedColumn, LinkReport, UnmatchedRows } from './link-report.ts'
export { type ListedEntityInfo, listedEntities } from './listed-entities.ts'
export { reconcile } from './reconcile.ts'
export { refresh, restore } from './refresh.ts'
export { type TableState, tableStates } from './table-states.ts'
export type {
  BackfillOptions,
  BackfillResult,
  CheckpointStore,
  ClerkApiLimits,
  ClerkApiOptions,
  Counts,
  CountsByEntity,
  Drift,
  DriftCounts,
  DriftKind,
  Failure,
  ListedEntity,
  OneOptions,
  Progress,
  ReconcileOptions,
  ReconcileResult,
  RefreshOutcome,
  RestoreOutcome,
  RunOptions,
  RunResult,
} from './types.ts'
