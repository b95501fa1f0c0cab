export { type AdapterOptions, drizzleAdapter, type SyncedTables } from './drizzle-adapter.ts'
export { liveMembership } from './live-membership.ts'
export type { SyncResult } from './runner.ts'
