import { ClerkSyncError } from '@clerk-sync/core'
import { prop } from '@clerk-sync/core/adapter'
import { kindBy, kindOf } from './entity-kind.ts'

/** The drivers that the conformance suite runs on, by the kinds of their sessions: others are refused at set-up. */
const DRIVERS = {
  NodePgSession: 'node-postgres',
  PostgresJsSession: 'postgres-js',
  PgliteSession: 'pglite',
  NeonHttpSession: 'neon-http',
  MySql2Session: 'mysql2',
  PlanetscaleSession: 'planetscale-serverless',
  BetterSQLiteSession: 'better-sqlite3',
  LibSQLSession: 'libsql',
  SQLiteD1Session: 'd1',
} as const

export type Driver = (typeof DRIVERS)[keyof typeof DRIVERS]

/** What a database of Drizzle's is made of, whatever the driver. */
const PARTS = ['dialect', 'session', 'resultKind', '_', '$client', '$cache', 'batch'] as const

/**
 * The database itself, of what an application may pass for it.
 *
 * - `withReplicas`: the primary. What is read is what was written a moment ago, and a replica may not have it yet.
 * - A Proxy that makes the database when it is first used: it is no instance of Drizzle's classes, and its methods may
 *   be bound to what is behind it, so that they ignore a session that is given to them. One of the same parts is made.
 */
export function databaseOf(given: object): object {
  const primary = prop(given, '$primary')
  const db = typeof primary === 'object' && primary !== null ? primary : given
  const made = baseOf(db)
  if (!made || db instanceof made.base) return db
  const own: object = Object.create(made.base.prototype)
  for (const part of PARTS) Reflect.set(own, part, Reflect.get(db, part))
  return own
}

/** What Drizzle's classes for the databases of each dialect call themselves. */
const DIALECTS = { PgDatabase: 'postgres', MySqlDatabase: 'mysql', BaseSQLiteDatabase: 'sqlite' } as const

export function dialectOf(db: object): (typeof DIALECTS)[keyof typeof DIALECTS] | undefined {
  return baseOf(db)?.dialect
}

/**
 * The class that all databases of a dialect extend, by its name and without loading it: an application has one dialect,
 * and each takes some hundred milliseconds to load. What is behind a Proxy shows by its constructor, which may be bound:
 * then it has no name, and still extends what the class extends.
 */
function baseOf(db: object) {
  for (let one = prop(db, 'constructor'); typeof one === 'function'; one = Object.getPrototypeOf(one)) {
    const kind = kindBy(one)
    const isBound = one.prototype === undefined
    if (!isBound && kind !== undefined && isIn(kind, DIALECTS)) return { dialect: DIALECTS[kind], base: one }
  }
  return undefined
}

/**
 * The driver of a database of Drizzle's, by its session: the class of the database does not show behind a Proxy.
 */
export function driverOf(db: object): Driver {
  const kind = kindOf(prop(db, 'session'))
  if (kind !== undefined && isIn(kind, DRIVERS)) return DRIVERS[kind]
  throw new ClerkSyncError(
    'config_invalid',
    `drizzleAdapter takes what drizzle() of ${Object.values(DRIVERS).join(', ')} returned, and this is ` +
      `${kind === undefined ? 'no database of Drizzle' : (kindOf(db) ?? kind)}. The conformance suite does not ` +
      'run on other drivers.',
  )
}

function isIn<Names extends object>(kind: string, names: Names): kind is Extract<keyof Names, string> {
  return Object.hasOwn(names, kind)
}

/**
 * postgres.js renames the columns of every result, or changes its values, those of our own reads too: what became of a
 * write would be misread.
 *
 * @throws ClerkSyncError `config_invalid`
 */
export function refuseTransform(db: object): void {
  // The client of postgres.js is a function.
  const transform = prop(Reflect.get(Object(prop(db, '$client')), 'options'), 'transform')
  const found = ['column', 'value', 'row'].find((part) => typeof prop(prop(transform, part), 'from') === 'function')
  if (found === undefined) return
  throw new ClerkSyncError(
    'config_invalid',
    `drizzleAdapter: postgres() was given transform.${found}, which changes what is read back after a write. Give drizzle() ` +
      "a postgres() without it, and let Drizzle's own casing: 'snake_case' spell the columns.",
  )
}
