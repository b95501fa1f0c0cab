import type { Rows, SyncAdapter } from '@clerk-sync/core/adapter'
import type { PartShape, PartTableName, Shape, SyncedTableName, TableName } from './tables.ts'
import type { RemoveTriggers, Triggers } from './trigger-harness.ts'

type Awaitable<T> = T | Promise<T>

/** Where tests go: `{ describe, it }` of vitest or jest as they are; of others, wrapped in a line. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>, timeoutMs: number): unknown
}

/** What the driver can do. It changes what the suite expects, never which tests run. */
export interface Capabilities {
  /**
   * - `interactive`: a hook awaits what it likes inside the transaction; effects are exactly once
   * - `synchronous`: the same, for drivers whose calls return at once; a hook that returns a promise is `hook_failed`
   * - `none`: there is no transaction; effects are at least once, and hooks get no `tx`
   */
  readonly transactions: 'interactive' | 'synchronous' | 'none'
  /** Whether several transactions can be open at once. If so, a slow hook must not hold up other rows. */
  readonly parallel: boolean
  /** What the table's dates keep, in ms: 1, or 1000 where they hold whole seconds. */
  readonly datePrecisionMs: 1 | 1000
  /** The isolation levels, beside the default one, at which the adapter is to be proven; `[]` where there are none. */
  readonly isolationLevels: readonly string[]
  /** Whether the adapter has `tombstones`, for `prune`: false by default, and then it must have none in any shape. */
  readonly tombstones?: boolean
}

/**
 * Put around every call that the adapter's driver makes to its database, so that the kit can have any of them fail:
 * statements, and also begin, commit and rollback where they are calls of their own.
 *
 * The kit counts the calls and fails one of them: it is not carried out and rejects, or it is carried out and its
 * answer is lost.
 */
export interface DatabaseCalls {
  /**
   * @param call - makes the call
   * @param sever - ends the connection that carried it, at once, as a network does. Called when the answer is lost;
   * without it the connection lives on, which no driver expects of one whose answer was lost.
   */
  run<T>(call: () => Promise<T>, sever?: () => unknown): Promise<T>
  /** The same for a driver whose calls return at once. */
  runSync<T>(call: () => T): T
}

/** How the adapter is to reach its database. */
export interface Connection {
  readonly calls: DatabaseCalls
  /** One of `capabilities.isolationLevels`: the level of every transaction; undefined for the database's default. */
  readonly isolation: string | undefined
}

/** A row of `welcomes`. */
export interface Welcome {
  readonly userId: string
  readonly eventId: string
}

/**
 * A row as the database has it, by the names in `TABLES`; columns that are not in `TABLES` may be left out.
 *
 * Numbers as numbers; booleans as booleans, or 0 and 1; dates as `Date`, or in ms since 1970.
 * JSON as the text that the database stores or prints (`public_metadata::text`), so that the JSON value null and SQL's
 * NULL, which is `null`, are distinguished.
 */
export type RawRow = Readonly<Record<string, unknown>>

/** For an adapter that keeps dead letters. */
export interface DeadLetterHarness<Tx = unknown> {
  /** As {@link Harness.adapter} of the shape `plain`, and given a table of dead letters, which is empty at first. */
  adapter(connection: Connection): Awaitable<SyncAdapter<Rows, Tx>>
  /** Which of these messages have a letter, read through the raw connection. */
  read(ids: readonly string[]): Awaitable<readonly unknown[]>
}

/** For an adapter that links rows that were there before; through the raw connection. */
export interface LinkingHarness {
  /** The rows of `ownKeyUsers` with one of these in `tagline`, whatever their Clerk ids, as {@link Harness.read} gives them. */
  read(taglines: readonly string[]): Awaitable<readonly RawRow[]>
}

/** For tables whose versions are beside them; through the raw connection. */
export interface VersionsHarness {
  /** The versions whose `id` is one of these, of every table: `tableName`, `id`, `version`, `deletedAt`. */
  read(keys: readonly string[]): Awaitable<readonly RawRow[]>
  /** Deletes a row as an application would, and not its version. */
  purge(table: SyncedTableName, key: string): Awaitable<unknown>
  /** Left out for a store that has no foreign keys. */
  readonly foreignKeys?: ForeignKeysHarness
}

/** A foreign key of one column, to the key of another table. */
export interface ForeignKey {
  readonly table: SyncedTableName
  readonly column: string
  readonly target: SyncedTableName
  readonly onDelete: 'cascade' | 'set null' | 'restrict' | 'no action'
}

/** Foreign keys, as applications have them; through the raw connection. */
export interface ForeignKeysHarness {
  /** Empties the table, declares the foreign keys, and gives what drops them again. All are of one table. */
  add(table: SyncedTableName, keys: readonly ForeignKey[]): Awaitable<RemoveTriggers>
  /** Writes NULL into the column of a row, as an application that lets go of what the row refers to. */
  letGo(table: SyncedTableName, column: string, key: string): Awaitable<unknown>
}

/** For an adapter that takes tables of what a user has many of. */
export interface PartsHarness<Tx = unknown> {
  /** As {@link Harness.adapter}, with `users`, the ledger, and the tables of parts that `PART_SHAPES` names. */
  adapter(shape: PartShape, connection: Connection): Awaitable<SyncAdapter<Rows, Tx>>
  /** Deletes an owner's rows of a table of parts through the raw connection, as the application might. */
  purge(table: PartTableName, owner: string): Awaitable<unknown>
}

/** For an adapter whose hooks have a transaction of SQL, on the tables of `sqlTables`. */
export interface SqlHarness<Tx = unknown> {
  /** Sends a statement as a hook would, through `tx`. Returns a promise exactly where `tx` is asynchronous. */
  send(tx: Tx, text: string): unknown
  /** For a database that has such sessions: as {@link Harness.adapter} of the shape `plain`, with autocommit off in each. */
  withoutAutocommit?(connection: Connection): Awaitable<SyncAdapter<Rows, Tx>>
}

/**
 * What an adapter's author provides. The tables of `TABLES` exist and are empty when the first test starts; no other
 * suite uses them meanwhile.
 *
 * @typeParam Tx - what the adapter's hooks write with
 */
export interface Harness<Tx = unknown> {
  /** For titles: `drizzle:postgres (node-postgres)`. */
  readonly name: string
  readonly runner: Runner
  readonly capabilities: Capabilities

  /**
   * An adapter for the tables of a shape. Each call stands for a process of its own: give it its own connections where
   * the driver can have several, at least two (the kit opens up to about 16 adapters, and asks for each once). They
   * are yours to close when the suite has ended.
   */
  adapter(shape: Shape, connection: Connection): Awaitable<SyncAdapter<Rows, Tx>>

  /**
   * The rows whose key (see `TABLES`) is one of these, read through a raw connection, never through the adapter or a
   * connection of its own. Any order.
   */
  read(table: TableName, keys: readonly string[]): Awaitable<readonly RawRow[]>

  /**
   * Inserts a row as an application would, through the raw connection. Columns that are not named get their defaults.
   * Dates come as `Date`, JSON as objects.
   */
  insert(table: TableName, row: Readonly<Record<string, unknown>>): Awaitable<unknown>

  /**
   * Inserts a row into `welcomes` as a hook would: with `tx`, or, where there is none, through any connection. Returns
   * a promise exactly where `tx` is asynchronous.
   */
  effect(tx: Tx, welcome: Welcome): unknown

  /** Runs a statement through `tx` that the database refuses, such as one on a table that does not exist. */
  failingStatement(tx: Tx): unknown

  /** Installs triggers through the raw connection; `'none'` for a store that has no such thing. */
  readonly triggers: Triggers | 'none'

  /**
   * For tables whose versions are beside them. They have neither `clerkVersion` nor `deletedAt`, and deletes remove
   * their rows, erase them, or keep their values: the whole suite runs so.
   */
  readonly versions?: VersionsHarness

  /** Left out for an adapter that keeps no dead letters: then it must have no `deadLetters` in any shape. */
  readonly deadLetters?: DeadLetterHarness<Tx>

  /** Left out for an adapter that takes no tables of parts. */
  readonly parts?: PartsHarness<Tx>

  /** Left out for an adapter that links nothing: then it must have no `linking` in any shape. */
  readonly linking?: LinkingHarness

  /** Left out where hooks have no transaction, or one that takes no SQL. */
  readonly sql?: SqlHarness<Tx>
}

/** How much, and what exactly, to run. */
export interface SuiteOptions {
  /**
   * How many random schedules. Default: `CLERK_SYNC_SCHEDULES` from the environment; otherwise 1,000 under CI (where
   * `CI` is set) and 100 elsewhere.
   */
  readonly schedules?: number
  /**
   * In how many orders, at most, each short history is delivered. Default: in all of them, which is up to 120, and most
   * of the suite's time. For another driver that sends the same statements as one that was certified with all: order is
   * decided by the statements, and with 3 of each no test is left out. Which ones depends on the seed.
   */
  readonly orders?: number
  /** Runs the random schedules of an earlier run again. Default: `CLERK_SYNC_SEED` from the environment, or a new one. */
  readonly seed?: number
}
