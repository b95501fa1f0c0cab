import { ClerkSyncError } from '../errors.ts'
import type { Fault } from '../port/database-fault.ts'
import type { DeadLetter, DeadLetterFilter, DeadLetterStore, ParkLimit } from '../port/dead-letters.ts'
import type { CallOptions } from '../port/sync-adapter.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { Ledger } from './ledger.ts'
import { isEntered } from './once-in-transaction.ts'
import { type Program, type Row, send } from './program.ts'
import type { SqlTable } from './table.ts'

/** The table of dead letters, with the properties {@link LETTER_COLUMNS}. */
export type LettersTable = SqlTable

export const LETTER_COLUMNS = ['id', 'type', 'entityId', 'code', 'payload', 'parkedAt'] as const

/** The statements on dead letters. What was written, or removed, is looked at: a trigger may have dropped it. */
export class Letters {
  constructor(
    readonly table: LettersTable,
    private readonly dialect: Dialect,
    private readonly faultOf: (error: unknown) => Fault | undefined,
  ) {}

  store(
    run: <T>(program: () => Program<T>, options: CallOptions | undefined) => Promise<T>,
    ledger: Ledger | undefined,
  ): DeadLetterStore {
    return {
      park: (letter, limit, options) => run(() => this.#park(letter, limit, ledger), options),
      find: (filter, most, options) => run(() => this.#find(filter, most), options),
      drop: (id, options) => run(() => this.#drop(id), options),
    }
  }

  *#park(
    letter: DeadLetter,
    { most, since }: ParkLimit,
    ledger: Ledger | undefined,
  ): Program<'parked' | 'duplicate' | 'full'> {
    if (yield* this.#has(letter.id)) yield* this.#renew(letter)
    // It may have been removed meanwhile.
    if (!(yield* this.#has(letter.id))) {
      if ((yield* this.count(since)) >= most) return 'full'
      yield* this.#insert(letter)
      if (!(yield* this.#has(letter.id))) throw this.#lost('does not keep')
    }
    if (!ledger || !isEntered((yield* send(ledger.find(letter))).rows, letter)) return 'parked'
    yield* this.#drop(letter.id)
    return 'duplicate'
  }

  *#find(filter: DeadLetterFilter, most?: number): Program<{ readonly id: string; readonly payload: string }[]> {
    const { table } = this
    const column = (property: string) => table.column(property)
    const [where, params] = this.#where(filter)
    const { rows } = yield* send({
      sql:
        `select ${column('id')} as letter_id, ${column('payload')} as letter_payload from ${table.quoted}${where} ` +
        `order by ${column('parkedAt')}, ${column('id')}${most === undefined ? '' : ` limit ${most}`}`,
      params,
      returnsRows: true,
    })
    const found = rows.map((row) => ({ id: String(row.letter_id).trimEnd(), payload: String(row.letter_payload) }))
    return typeof filter === 'object' && 'id' in filter ? found.filter(({ id }) => id === filter.id) : found
  }

  *#drop(id: string): Program<void> {
    yield* this.remove(id)
    if (yield* this.#has(id)) throw this.#lost('keeps')
  }

  /**
   * In the transaction that claims its message. Is not looked at: `drop` comes after the commit. A collation that ignores
   * case would remove another message's letter, were this one's not there.
   */
  *remove(id: string): Program<void> {
    if (!(yield* this.#has(id))) return
    const { table, dialect } = this
    const sql = `delete from ${table.quoted} where ${table.column('id')} = ${dialect.parameter(1)}`
    yield* send({ sql, params: [table.encode('id', id)], returnsRows: false })
  }

  *#insert(letter: DeadLetter): Program<void> {
    const { table, dialect } = this
    const columns = LETTER_COLUMNS.map((property) => table.column(property))
    const parameters = columns.map((_, index) => dialect.parameter(index + 1))
    const skipExisting = dialect.skipExisting(table.column('id'))
    try {
      yield* send({
        sql: `insert into ${table.quoted} (${columns.join(', ')}) values (${parameters.join(', ')})${skipExisting}`,
        params: LETTER_COLUMNS.map((property) => table.encode(property, letter[property])),
        returnsRows: skipExisting !== '',
      })
    } catch (error) {
      // Another delivery of the message was first.
      if (skipExisting !== '' || this.faultOf(error) !== 'unique_conflict') throw error
    }
  }

  /** A letter of this very id is there: a collation that ignores case has no second one. */
  *#renew({ id, code, payload }: DeadLetter): Program<void> {
    const { table, dialect } = this
    const [first, second, third] = [1, 2, 3].map((number) => dialect.parameter(number))
    yield* send({
      sql:
        `update ${table.quoted} set ${table.column('code')} = ${first}, ${table.column('payload')} = ${second} ` +
        `where ${table.column('id')} = ${third}`,
      params: [table.encode('code', code), table.encode('payload', payload), table.encode('id', id)],
      returnsRows: false,
    })
  }

  *#has(id: string): Program<boolean> {
    const column = this.table.column('id')
    const { rows } = yield* send({
      sql: `select ${column} as letter_id from ${this.table.quoted} where ${column} = ${this.dialect.parameter(1)}`,
      params: [this.table.encode('id', id)],
      returnsRows: true,
    })
    return rows.some((row: Row) => String(row.letter_id).trimEnd() === id)
  }

  *count(since: Date): Program<number> {
    const { table, dialect } = this
    const { rows } = yield* send({
      sql: `select count(*) as letters from ${table.quoted} where ${table.column('parkedAt')} >= ${dialect.parameter(1)}`,
      params: [table.encode('parkedAt', since)],
      returnsRows: true,
    })
    return Number(rows[0]?.letters)
  }

  #where(filter: DeadLetterFilter): readonly [sql: string, params: readonly unknown[]] {
    if (filter === 'all') return ['', []]
    const { table, dialect } = this
    if ('payloadHas' in filter) {
      // Other texts than this one may match: `_` is any character.
      return [` where ${table.column('payload')} like ${dialect.parameter(1)}`, [`%${filter.payloadHas}%`]]
    }
    const [property, value] = 'id' in filter ? ['id', filter.id] : ['entityId', filter.entityId]
    return [` where ${table.column(property)} = ${dialect.parameter(1)}`, [table.encode(property, value)]]
  }

  #lost(what: string): ClerkSyncError {
    return new ClerkSyncError(
      'store_failed',
      `${this.table.name} ${what} a letter, without an error: a trigger, a rule or a row-level security policy drops ` +
        'what is written there. Make it leave the table alone.',
    )
  }
}
