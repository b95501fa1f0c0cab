export type { Catalog } from './check/catalogs/catalog.ts'
export type { CheckedWrites } from './check/check.ts'
export { loadChecks } from './check/load-checks.ts'
export type {
  CheckFacts,
  ColumnFacts,
  Command,
  Expression,
  PartialUniqueFacts,
  PolicyFacts,
  RowSecurityFacts,
  TableFacts,
  UniqueFacts,
} from './check/table-facts.ts'
export type { Dialect, DialectName } from './dialects/dialect.ts'
export { mysql } from './dialects/mysql.ts'
export { postgres } from './dialects/postgres.ts'
export { sqlite, sqliteStepwise } from './dialects/sqlite.ts'
export { SqlExpression } from './expression.ts'
export type { GuardedWrite } from './guarded-write.ts'
export { HookStatements } from './hook-statements.ts'
export { LETTER_COLUMNS, type LettersTable } from './letters.ts'
export { namesOf, unquoted } from './names.ts'
export { onlyOne, type Program, type Row, type RunResult, type Statement } from './program.ts'
export {
  asyncRunner,
  batchRunner,
  type FoundRows,
  type HookHandle,
  type Runner,
  type SyncResult,
  syncRunner,
} from './runner.ts'
export { createSqlAdapter } from './sql-adapter.ts'
export type { SelectedRows, SqlParts } from './sql-parts.ts'
export {
  type BesideTable,
  isBeside,
  isInRow,
  isPart,
  type KeyedTable,
  LEDGER_COLUMNS,
  type LedgerTable,
  nameInVersions,
  type PartTable,
  type SqlTable,
  type SyncedTable,
  VERSION_COLUMNS,
  type VersionsTable,
} from './table.ts'
export type { TableStatements } from './table-statements.ts'
