import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import type { Rows, SyncAdapter } from '@clerk-sync/core/adapter'
import { CamelCasePlugin, type Dialect, Kysely, type KyselyPlugin, sql, type Transaction } from 'kysely'
import { type Database, shapes } from './database.ts'

/** The tables of the kit keep their names in camelCase, and have columns in snake_case. */
class ColumnsInSnakeCase extends CamelCasePlugin {
  protected override snakeCase(name: string): string {
    return name in tables ? name : super.snakeCase(name)
  }
}

const tables = Object.fromEntries(
  [
    'users',
    'organizations',
    'organizationMemberships',
    'sessions',
    'ownKeyUsers',
    'uniqueFirstUsers',
    'uniqueLastUsers',
    'requiredFirstUsers',
    'requiredLastUsers',
  ].map((name) => [name, true]),
)

export function open(dialect: Dialect, ...plugins: KyselyPlugin[]): Kysely<Database> {
  return new Kysely<Database>({ dialect, plugins: [new ColumnsInSnakeCase(), ...plugins] })
}

/** A shape's adapter; as the kit takes it, which knows the tables by their names alone. */
export function adapterOf(db: Kysely<Database>, shape: keyof typeof shapes): SyncAdapter<Rows, Transaction<Database>> {
  switch (shape) {
    case 'plain':
      return kyselyAdapter(db, shapes.plain)
    case 'ownKey':
      return kyselyAdapter(db, shapes.ownKey)
    case 'withoutLedger':
      return kyselyAdapter(db, shapes.withoutLedger)
    case 'uniqueFirst':
      return kyselyAdapter(db, shapes.uniqueFirst)
    case 'uniqueLast':
      return kyselyAdapter(db, shapes.uniqueLast)
    case 'requiredFirst':
      return kyselyAdapter(db, shapes.requiredFirst)
    case 'requiredLast':
      return kyselyAdapter(db, shapes.requiredLast)
  }
}

/** What the kit's hooks do. */
export const hooks = {
  effect: (tx: Transaction<Database>, welcome: { userId: string; eventId: string }) =>
    tx.insertInto('welcomes').values(welcome).execute(),
  failingStatement: (tx: Transaction<Database>) => sql`select * from no_such_table`.execute(tx),
}
