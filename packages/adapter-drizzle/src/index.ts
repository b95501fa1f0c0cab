export type { SyncResult } from '@clerk-sync/core/sql'
export { type AdapterOptions, drizzleAdapter } from './drizzle-adapter.ts'
export { liveMembership } from './live-membership.ts'
export type { SyncedTables } from './types.ts'
