export type { SyncResult } from '@clerk-sync/core/sql'
export { type DrizzleAdapterOptions, drizzleAdapter } from './drizzle-adapter.ts'
export { liveMembership } from './live-membership.ts'
export type { DrizzleTables } from './types.ts'
