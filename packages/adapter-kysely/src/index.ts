export { type KyselyAdapterOptions, kyselyAdapter } from './kysely-adapter.ts'
export { liveMembership } from './live-membership.ts'
export type {
  CamelCased,
  ClerkDeadLettersTable,
  ClerkEventsTable,
  ClerkVersionsTable,
  SyncColumns,
} from './schema-types.ts'
export type { KyselyRows, KyselyTables } from './types.ts'
