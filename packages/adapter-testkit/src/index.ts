export { ENTITIES, type Facts, type Kind, type KitEntity } from './entities.ts'
export type {
  Capabilities,
  Connection,
  DatabaseCalls,
  DeadLetterHarness,
  ForeignKey,
  ForeignKeysHarness,
  Harness,
  LinkingHarness,
  PartsHarness,
  RawRow,
  Runner,
  SqlHarness,
  SuiteOptions,
  Welcome,
} from './harness.ts'
export { type RawQuery, type SqlTables, sqlTables } from './sql-tables.ts'
export {
  fillableColumns,
  type KitColumn,
  type KitShape,
  type KitTable,
  PART_SHAPES,
  type PartShape,
  type PartTableName,
  SHAPES,
  type Shape,
  type SyncedTableName,
  TABLES,
  type TableName,
} from './tables.ts'
export { testAdapter } from './test-adapter.ts'
export type { RemoveTriggers, Triggers } from './trigger-harness.ts'
