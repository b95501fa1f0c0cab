import { type KyselyTables, kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { type PartShape, type Shape, TABLES, type Welcome } from '@clerk-sync/adapter-testkit'
import type { Rows, SyncAdapter } from '@clerk-sync/core/adapter'
import type { Versions } from '@clerk-sync/test-support/kit-tables'
import { CamelCasePlugin, type Dialect, Kysely, type KyselyPlugin, sql, type Transaction } from 'kysely'
import { besideShapes, type Database, shapes } from './database.ts'

/** The tables of the kit keep their names in camelCase, and have columns in snake_case. */
class ColumnsInSnakeCase extends CamelCasePlugin {
  protected override snakeCase(name: string): string {
    return name in TABLES ? name : super.snakeCase(name)
  }
}

export function open(dialect: Dialect, ...plugins: KyselyPlugin[]): Kysely<Database> {
  return new Kysely<Database>({ dialect, plugins: [new ColumnsInSnakeCase(), ...plugins] })
}

/** A shape's adapter; as the kit takes it, which knows the tables by their names alone. */
export function adapterOf(
  db: Kysely<Database>,
  shape: Shape | PartShape,
  { versions = 'row', ...options }: Parameters<typeof kyselyAdapter>[2] & { readonly versions?: Versions } = {},
): SyncAdapter<Rows, Transaction<Database>> {
  const given = versions === 'row' ? shapes[shape] : besideShapes[shape]
  // The compiler knows the columns of no shape: the adapter looks at them as at an application's without types.
  type Tables = Parameters<typeof kyselyAdapter<Database, KyselyTables<Database>>>[1]
  return kyselyAdapter<Database, KyselyTables<Database>>(db, given as Tables, options)
}

/** What the kit's hooks do. */
export const hooks = {
  effect: (tx: Transaction<Database>, welcome: Welcome) => tx.insertInto('welcomes').values(welcome).execute(),
  failingStatement: (tx: Transaction<Database>) => sql`select * from no_such_table`.execute(tx),
  sql: { send: (tx: Transaction<Database>, text: string) => sql.raw(text).execute(tx) },
}
