export type { SyncResult } from '@clerk-sync/core/sql'
export { type AdapterOptions, drizzleAdapter, type SyncedTables } from './drizzle-adapter.ts'
export { liveMembership } from './live-membership.ts'
