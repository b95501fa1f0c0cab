import type { EventRef } from '../port/sync-adapter.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { Statement } from './program.ts'
import { LEDGER_COLUMNS, type LedgerTable } from './table.ts'
import { nameOf } from './table-statements.ts'

/** The statements on the ledger. */
export class Ledger {
  constructor(
    readonly table: LedgerTable,
    private readonly dialect: Dialect,
  ) {}

  claim(event: EventRef, processedAt: Date): Statement {
    const { table, dialect } = this
    const row = { ...event, processedAt }
    const columns = LEDGER_COLUMNS.map((property) => table.column(property))
    const parameters = columns.map((_, index) => dialect.parameter(index + 1))
    const skipExisting = dialect.skipExisting(table.column('id')) + (dialect.deferred?.mayBe(table.quoted) ?? '')
    const sql = `insert into ${table.quoted} (${columns.join(', ')}) values (${parameters.join(', ')})${skipExisting}`
    return {
      sql,
      params: LEDGER_COLUMNS.map((property) => table.encode(property, row[property])),
      returnsRows: skipExisting !== '',
      name: nameOf(sql),
      // Its times may lose a zone, by hours: they say when it may be pruned, and which attempt it is of.
      outlivesTypes: true,
    }
  }

  /** Finds no row when the transaction was lost or the claim dropped, and fails when it is doomed. */
  find(event: Pick<EventRef, 'id'>): Statement {
    const id = this.table.column('id')
    const sql = `select ${id} as event_id from ${this.table.quoted} where ${id} = ${this.dialect.parameter(1)}`
    return { sql, params: [this.table.encode('id', event.id)], returnsRows: true }
  }

  /** Takes a claim back, and not that of another delivery of the message. */
  forget(event: EventRef, processedAt: Date): Statement {
    const { table, dialect } = this
    const own = `${table.column('id')} = ${dialect.parameter(1)} and ${table.column('processedAt')} = ${dialect.parameter(2)}`
    return {
      sql: `delete from ${table.quoted} where ${own}`,
      params: [table.encode('id', event.id), table.encode('processedAt', processedAt)],
      returnsRows: false,
    }
  }

  /** Some of the messages that were processed before. */
  old(before: Date, limit: number): Statement {
    const { sql, params } = this.#olderThan(`select ${this.table.column('id')} as event_id`, before)
    return { sql: `${sql} limit ${limit}`, params, returnsRows: true }
  }

  /** Removes these, if they were. */
  remove(ids: readonly unknown[], before: Date): Statement {
    const { table, dialect } = this
    const { sql, params } = this.#olderThan('delete', before)
    const list = ids.map((_, index) => dialect.parameter(params.length + index + 1)).join(', ')
    return {
      sql: `${sql} and ${table.column('id')} in (${list})`,
      params: [...params, ...ids.map((id) => table.encode('id', id))],
      returnsRows: false,
    }
  }

  count(before: Date): Statement {
    return { ...this.#olderThan('select count(*) as events', before), returnsRows: true }
  }

  #olderThan(verb: string, before: Date) {
    const { table, dialect } = this
    const sql = `${verb} from ${table.quoted} where ${table.column('processedAt')} < ${dialect.parameter(1)}`
    return { sql, params: [table.encode('processedAt', before)] }
  }
}
