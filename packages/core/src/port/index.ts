// The entry for authors of adapters, `@clerk-sync/core/adapter`. Applications do not need it.
export type { TableName } from '../entities/index.ts'
export { chainOf } from '../errors.ts'
export { type CamelCase, camelCase, type SnakeCase, snakeCase } from './casing.ts'
export { checkOptions } from './check-options.ts'
export { databaseFault, type Fault } from './database-fault.ts'
export {
  type EntityOf,
  type GivenTables,
  givenTables,
  tableNameOf,
  type UnknownTables,
  type WithLedger,
} from './given-tables.ts'
export { DELIVERY_TIMEOUT_MS, LONGEST_WAIT_MS } from './limits.ts'
export { newestPerKey } from './newest-per-key.ts'
export { onceWithoutTransaction } from './once-without-transaction.ts'
export { prop } from './prop.ts'
export { createQueue, type Queue } from './queue.ts'
export { RESERVED_COLUMNS, type ReservedColumn } from './reserved-columns.ts'
export { withRetries } from './retries.ts'
export type {
  CallOptions,
  Change,
  ColumnInfo,
  Delete,
  DeleteOutcome,
  Entity,
  EventRef,
  Found,
  NoLedger,
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
