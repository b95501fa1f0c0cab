// The entry for authors of adapters, `@clerk-sync/core/adapter`. Applications do not need it.
export type { TableName } from '../entities/all-entities.ts'
export type { PartTableName } from '../entities/parts/part-names.ts'
export { chainOf } from '../errors.ts'
export { type CamelCase, camelCase, type SnakeCase, snakeCase } from './casing.ts'
export { checkOptions } from './check-options.ts'
export {
  type ColumnName,
  type ColumnNames,
  columnNames,
  type NamedColumn,
  type PartColumnNames,
  partColumnNames,
} from './column-names.ts'
export { databaseFault, type Fault } from './database-fault.ts'
export { databaseTrouble, type Trouble, type TroubleKind } from './database-trouble.ts'
export type { DeadLetter, DeadLetterFilter, DeadLetterStore, ParkLimit } from './dead-letters.ts'
export { discoveredDelete, isDiscovered, overDiscovered, type Replacement } from './discovered.ts'
export {
  type EntityOf,
  type FilledTableName,
  type GivenTables,
  givenParts,
  givenTables,
  type OwnTable,
  tableNameOf,
  type UnknownTables,
  type WithLedger,
} from './given-tables.ts'
export { type IdColumn, referredBy, unfitForIds } from './id-column.ts'
export { comparedTime, type FoundBeside, isKept, type KeepingWrite, keepingOutcome, keepingWrite } from './kept.ts'
export { LONGEST_WAIT_MS, SVIX_TIMEOUT_MS } from './limits.ts'
export {
  isComparable,
  type Link,
  type LinkCandidate,
  type Linking,
  type LinkSearch,
  type UnlinkedRow,
  type UnlinkedSearch,
} from './linking.ts'
export { newestFirst, oneByOne } from './newest-first.ts'
export { onceWithoutTransaction } from './once-without-transaction.ts'
export { demandsLive, heldOutcome, isKeptDelete, takenOutcome } from './outcomes.ts'
export { prop } from './prop.ts'
export { createQueue, type Queue } from './queue.ts'
export { type Refusal, refusalOf } from './refusal.ts'
export { RESERVED_COLUMNS, type ReservedColumn } from './reserved-columns.ts'
export { withRetries } from './retries.ts'
export type {
  AppliedOutcome,
  Batching,
  CallOptions,
  Change,
  CheckOptions,
  ColumnInfo,
  Delete,
  DeleteMode,
  DeleteOutcome,
  Entity,
  EventRef,
  Found,
  NoLedger,
  OnceOptions,
  Outcome,
  Part,
  PartRow,
  PartStore,
  Parts,
  Problem,
  RemovedRow,
  Rows,
  Scanned,
  ScanRange,
  SyncAdapter,
  TableInfo,
  Tombstones,
  Upsert,
  UpsertOutcome,
  Values,
  WriteOutcome,
  Written,
} from './sync-adapter.ts'
export type { OldTombstones, TombstoneStore } from './tombstone-store.ts'
export { LONGEST_VERSION, NO_VERSION, orderOf, type Rank, VERSION_LENGTH, versionOf } from './version.ts'
