import type { EventRef } from '@clerk-sync/core'
import { type Column, getTableColumns, type Table } from 'drizzle-orm'
import { type Names, Rendered, type Spelling } from './statement.ts'

/** The statements on the ledger table, which is the package's own. */
export class Ledger {
  readonly #columns: Readonly<Record<string, Column>>

  constructor(
    table: Table,
    private readonly names: Names,
    private readonly spelling: Spelling,
  ) {
    this.#columns = getTableColumns(table)
  }

  claim(event: EventRef): Rendered {
    const row: Record<string, unknown> = { ...event, processedAt: new Date() }
    const columns = ['id', 'type', 'entityId', 'occurredAt', 'processedAt']
    const list = columns.map((column) => this.names.column(column)).join(', ')
    const parameters = columns.map((_, index) => this.spelling.parameter(index + 1)).join(', ')
    const sql = `insert into ${this.names.table} (${list}) values (${parameters})${this.spelling.skipExisting}`
    return new Rendered({ sql, params: columns.map((c) => this.#encode(c, row[c])) }, this.spelling.skipExisting !== '')
  }

  /** Finds no row when the transaction was lost, and fails when it is doomed. */
  find(event: EventRef): Rendered {
    const id = this.names.column('id')
    const sql = `select ${id} from ${this.names.table} where ${id} = ${this.spelling.parameter(1)}`
    return new Rendered({ sql, params: [event.id] }, true)
  }

  prune(before: Date): Rendered {
    const sql = `delete from ${this.names.table} where ${this.names.column('processedAt')} < ${this.spelling.parameter(1)}`
    return new Rendered({ sql, params: [this.#encode('processedAt', before)] }, false)
  }

  #encode(property: string, value: unknown): unknown {
    return value === null ? null : (this.#columns[property] as Column).mapToDriverValue(value)
  }
}
