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
export function guardedSteps(statements: ChangeStatements, change: Change): readonly GuardedStep[] {
  const { write, params } = statements.guarded(change)
  const { insert, key, guard } = write
  const texts = textsOf(write)
  const of = (column: string) => params[insert.indexOf(column)] ?? []
  const updated = [...write.update, key, key, guard].flatMap(of)
  const steps = [
    { inserts: false, statement: { sql: texts.update, params: updated, returnsRows: true } },
    { inserts: true, statement: { sql: texts.insert, params: params.flat(), returnsRows: true } },
  ]
  return isOfCreation(change.version) ? steps.reverse() : steps
}

interface Texts {
  readonly update: string
  readonly insert: string
}

/** A write is made once for a set of columns. */
const made = new WeakMap<GuardedWrite, Texts>()

function textsOf(write: GuardedWrite): Texts {
  const known = made.get(write)
  if (known) return known
  const { table, key, guard, deletedAt, insert, values } = write
  const value = (column: string) => (values[insert.indexOf(column)] ?? []).join('?')
  const set = write.update.map((column) => `${column} = ${value(column)}`)
  const own = `t.${key} = ${value(key)} and t.${key} collate binary = ${value(key)}`
  const deleted = `case when ${deletedAt} is null then 0 else 1 end as clerk_deleted`
  const stored = `returning ${key} as clerk_key, ${guard} as clerk_guard, ${deleted}, ${TRIGGERS} as clerk_triggers`
  const texts = {
    update: `update ${table} as t set ${set.join(', ')} where ${own} and ${smaller(`t.${guard}`, value(guard))} ${stored}`,
    insert: `insert into ${table} (${insert.join(', ')}) values ${tuples(values, 1, () => '?')} on conflict (${key}) do nothing ${stored}`,
  }
  made.set(write, texts)
  return texts
}

/** Whether there may be triggers: those of another database are not asked for. */
const TRIGGERS = `(exists (select 1 from sqlite_master where type = 'trigger') or exists (select 1 from sqlite_temp_master where type = 'trigger'))`
