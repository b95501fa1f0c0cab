import type { Change } from '../../port/sync-adapter.ts'
import { isOfCreation } from '../../port/version.ts'
import { type GuardedWrite, smaller, tuples } from '../guarded-write.ts'
import type { Statement } from '../program.ts'
import type { ChangeStatements } from './dialect.ts'

/** A statement that gives the row which it has written: nothing where the guard held, or where it is the other's. */
interface GuardedStep {
  readonly statement: Statement
  readonly inserts: boolean
}

/** The guarded update and the insert of a change: both, in either order, are one upsert. That which will do comes first. */
type GuardedSteps = (statements: ChangeStatements, change: Change) => readonly GuardedStep[]

/** Of the main database and of the connection itself. Those of an attached one are not looked for: there may be some. */
const MAY_HAVE_TRIGGERS =
  "(exists (select 1 from sqlite_master where type = 'trigger') or " +
  "exists (select 1 from sqlite_temp_master where type = 'trigger') or " +
  'exists (select 1 from pragma_database_list where seq > 1))'

/** Steps that say by a row whether they have written. */
export const stepsWithMark = stepsReturning(() => '1 as clerk_written')

/** Steps that give the row that they have written, and say whether a trigger may have changed it since. */
export const stepsWithRow = stepsReturning(({ key, guard, deletedAt }) => {
  const deleted = `case when ${deletedAt} is null then 0 else 1 end as clerk_deleted`
  return `${key} as clerk_key, ${guard} as clerk_guard, ${deleted}, ${MAY_HAVE_TRIGGERS} as clerk_triggers`
})

interface Texts {
  readonly update: string
  readonly insert: string
}

function stepsReturning(returned: (write: GuardedWrite) => string): GuardedSteps {
  // A write is made once for a set of columns.
  const made = new WeakMap<GuardedWrite, Texts>()
  return (statements, change) => {
    const { write, params } = statements.guarded(change)
    const texts = made.get(write) ?? textsOf(write, returned(write))
    made.set(write, texts)
    const { insert, key, guard } = write
    const of = (column: string) => params[insert.indexOf(column)] ?? []
    const updated = [...write.update, key, key, guard].flatMap(of)
    const steps = [
      { inserts: false, statement: { sql: texts.update, params: updated, returnsRows: true } },
      { inserts: true, statement: { sql: texts.insert, params: params.flat(), returnsRows: true } },
    ]
    return isOfCreation(change.version) ? steps.reverse() : steps
  }
}

function textsOf({ table, key, guard, insert, values, update }: GuardedWrite, returned: string): Texts {
  const value = (column: string) => (values[insert.indexOf(column)] ?? []).join('?')
  const set = update.map((column) => `${column} = ${value(column)}`)
  const own = `t.${key} = ${value(key)} and t.${key} collate binary = ${value(key)}`
  const row = tuples(values, 1, () => '?')
  return {
    update:
      `update ${table} as t set ${set.join(', ')} where ${own} and ${smaller(`t.${guard}`, value(guard))} ` +
      `returning ${returned}`,
    insert:
      `insert into ${table} (${insert.join(', ')}) values ${row} on conflict (${key}) do nothing ` +
      `returning ${returned}`,
  }
}
