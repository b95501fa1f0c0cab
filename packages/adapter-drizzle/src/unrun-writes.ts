import { ClerkSyncError } from '@clerk-sync/core'
import { getTableName, type Table } from 'drizzle-orm'

/** What Drizzle's builders call for their SQL: when they run, and when they stand in another statement. */
const SQL_OF = { insert: 'buildInsertQuery', update: 'buildUpdateQuery', delete: 'buildDeleteQuery' } as const
type Verb = keyof typeof SQL_OF
const VERBS = Object.keys(SQL_OF) as Verb[]

/**
 * The writes that a hook has built and never ran. Drizzle sends nothing until a builder is awaited, or `.run()` is called
 * on it: a hook that forgets it would write nothing, and its message would pass for processed.
 */
export class UnrunWrites {
  readonly #unrun = new Set<{ readonly verb: Verb; readonly table: Table }>()

  /** From now on `tx` remembers what is built through it. */
  watch(tx: object): void {
    const original = (name: string) => {
      const method: unknown = Reflect.get(tx, name)
      if (typeof method !== 'function') throw new Error(`A transaction of Drizzle has no ${name}().`)
      return method
    }
    for (const verb of VERBS) {
      const method = original(verb)
      Reflect.set(tx, verb, (table: Table) => Reflect.apply(method, this.#remember(tx, verb, table), [table]))
    }
    const [from, nested] = [original('with'), original('transaction')]
    const withQueries = (...queries: unknown[]) => {
      const builders: object = Reflect.apply(from, tx, queries)
      const watched = VERBS.filter((verb) => verb in builders).map((verb) => [
        verb,
        (table: Table) => Reflect.get(Reflect.apply(from, this.#remember(tx, verb, table), queries), verb)(table),
      ])
      return { ...builders, ...Object.fromEntries(watched) }
    }
    Reflect.set(tx, 'with', withQueries)
    Reflect.set(tx, 'transaction', (run: (inner: object) => unknown, ...settings: unknown[]) => {
      const watched = (inner: object) => {
        this.watch(inner)
        return run(inner)
      }
      return Reflect.apply(nested, tx, [watched, ...settings])
    })
  }

  /** @throws ClerkSyncError `hook_failed` where one was forgotten. */
  refuse(): void {
    for (const { verb, table } of this.#unrun) {
      throw new ClerkSyncError(
        'hook_failed',
        `The hook built tx.${verb}(${getTableName(table)}) and did not run it, so nothing was kept: await it, or end it ` +
          'with .run() on better-sqlite3.',
      )
    }
  }

  /** The transaction as the builder of one write sees it. */
  #remember(tx: object, verb: Verb, table: Table): object {
    const write = { verb, table }
    this.#unrun.add(write)
    const dialect: object = Reflect.get(tx, 'dialect')
    const build = (...values: unknown[]) => {
      this.#unrun.delete(write)
      return Reflect.get(dialect, SQL_OF[verb]).apply(dialect, values)
    }
    return Object.create(tx, { dialect: { value: Object.create(dialect, { [SQL_OF[verb]]: { value: build } }) } })
  }
}
