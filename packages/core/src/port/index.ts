// The entry for authors of adapters, `@clerk-sync/core/adapter`. Applications do not need it.
export { type Fault, faultOf } from './database-fault.ts'
export { withRetries } from './retries.ts'
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
} from './sync-adapter.ts'
export { NO_VERSION, type Rank, VERSION_LENGTH, versionOf } from './version.ts'
