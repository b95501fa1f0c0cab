/** A row, by column name. */
export type MemoryRow = Readonly<Record<string, unknown>>

export interface MemoryColumn {
  /** NOT NULL. */
  readonly required?: boolean
  /** What an insert that does not name the column puts there. */
  readonly default?: unknown
  /** No two rows hold the same value; any number hold NULL. */
  readonly unique?: boolean
  /** A foreign key to the `id` of a table. */
  readonly references?: { readonly table: string; readonly onDelete: 'cascade' | 'set null' | 'restrict' | 'no action' }
}

/** Columns of the tables that have constraints; other tables take any row. */
export type MemorySchema = Readonly<Record<string, Readonly<Record<string, MemoryColumn>>>>

type Rows = Map<string, MemoryRow>
type Call = <T>(statement: () => Promise<T>) => Promise<T>

/**
 * The smallest database that a convergence proof can stand on: one transaction at a time, all of it or nothing, and
 * nobody sees the half of one.
 */
export class MemoryDatabase {
  readonly #schema: MemorySchema
  readonly #tables = new Map<string, Rows>()
  #lastTurn: Promise<unknown> = Promise.resolve()

  constructor(schema: MemorySchema = {}) {
    this.#schema = schema
  }

  /** What is committed, as copies. */
  rows(table: string, wanted: (row: MemoryRow) => boolean = () => true): readonly MemoryRow[] {
    return structuredClone([...(this.#tables.get(table)?.values() ?? [])].filter(wanted))
  }

  /** Waits for the transactions before it, commits when `run` resolves, and keeps nothing when it rejects. `call` carries the commit. */
  transaction<T>(run: (tx: MemoryTransaction) => T | Promise<T>, call: Call = (commit) => commit()): Promise<T> {
    const turn = this.#lastTurn.then(async () => {
      const tx = new MemoryTransaction(this.#schema, this.#tables)
      try {
        const result = await run(tx)
        await call(async () => this.#commit(tx))
        return result
      } finally {
        tx.end()
      }
    })
    this.#lastTurn = turn.catch(() => undefined)
    return turn
  }

  #commit(tx: MemoryTransaction): void {
    for (const [table, drafts] of tx.drafts) {
      const rows = this.#tables.get(table) ?? new Map()
      this.#tables.set(table, rows)
      for (const [id, row] of drafts) row ? rows.set(id, row) : rows.delete(id)
    }
  }
}

/** What a hook writes with: seen by nobody else until the commit. Tables need not be declared. */
export class MemoryTransaction {
  /** What the commit will put in place; undefined where it will remove. */
  readonly drafts = new Map<string, Map<string, MemoryRow | undefined>>()
  readonly #schema: MemorySchema
  readonly #committed: ReadonlyMap<string, Rows>
  #ended = false

  constructor(schema: MemorySchema, committed: ReadonlyMap<string, Rows>) {
    this.#schema = schema
    this.#committed = committed
  }

  get(table: string, id: string): MemoryRow | undefined {
    const drafts = this.drafts.get(table)
    return drafts?.has(id) ? drafts.get(id) : this.#committed.get(table)?.get(id)
  }

  rows(table: string): readonly MemoryRow[] {
    const merged = new Map<string, MemoryRow | undefined>(this.#committed.get(table))
    for (const [id, row] of this.drafts.get(table) ?? []) merged.set(id, row)
    return [...merged.values()].filter((row) => row !== undefined)
  }

  /** Adds a row; one without an `id` gets a random one. Refused where the id is taken. */
  insert(table: string, { id = crypto.randomUUID(), ...values }: { readonly id?: string } & MemoryRow): void {
    if (this.get(table, id)) throw refusal('SQLITE_CONSTRAINT_PRIMARYKEY', `UNIQUE constraint failed: ${table}.id`)
    const defaults = Object.entries(this.#schema[table] ?? {}).map(([name, column]) => [name, column.default ?? null])
    this.#put(table, id, { id, ...Object.fromEntries(defaults), ...defined(values) })
  }

  /** Writes these columns and no others. A value that is undefined is not written. */
  update(table: string, id: string, values: MemoryRow): void {
    const row = this.get(table, id)
    if (row) this.#put(table, id, { ...row, ...defined(values) })
  }

  /** Does to the rows that refer to it what their foreign keys say. */
  delete(table: string, id: string): void {
    if (this.get(table, id)) this.#act(table, id)
    this.#draft(table).set(id, undefined)
  }

  /** Whether the schema has the table. */
  declares(table: string): boolean {
    return Object.hasOwn(this.#schema, table)
  }

  /** The columns of a table as they were declared; none where it was not. */
  columns(table: string): Readonly<Record<string, MemoryColumn>> {
    return this.#schema[table] ?? {}
  }

  /** From here on it refuses: a hook that did not await its own work must hear of it. */
  end(): void {
    this.#ended = true
  }

  #act(target: string, id: string): void {
    for (const [table, columns] of Object.entries(this.#schema)) {
      for (const [name, { references }] of Object.entries(columns)) {
        if (references?.table !== target) continue
        for (const row of this.rows(table).filter((other) => other[name] === id)) {
          if (references.onDelete === 'cascade') this.delete(table, String(row.id))
          else if (references.onDelete === 'set null') this.update(table, String(row.id), { [name]: null })
          else throw refusal('SQLITE_CONSTRAINT_FOREIGNKEY', 'FOREIGN KEY constraint failed')
        }
      }
    }
  }

  #put(table: string, id: string, row: MemoryRow): void {
    const columns = this.#schema[table]
    for (const name of columns ? Object.keys(row) : []) {
      if (columns && !Object.hasOwn(columns, name) && name !== 'id')
        throw refusal('SQLITE_ERROR', `no column ${table}.${name}`)
    }
    for (const [name, { required, unique, references }] of Object.entries(columns ?? {})) {
      const value = row[name] ?? null
      if (required && value === null) {
        throw refusal('SQLITE_CONSTRAINT_NOTNULL', `NOT NULL constraint failed: ${table}.${name}`)
      }
      const taken =
        unique && value !== null && this.rows(table).some((other) => other.id !== id && other[name] === value)
      if (taken) throw refusal('SQLITE_CONSTRAINT_UNIQUE', `UNIQUE constraint failed: ${table}.${name}`)
      if (references && value !== null && !this.get(references.table, String(value))) {
        throw refusal('SQLITE_CONSTRAINT_FOREIGNKEY', 'FOREIGN KEY constraint failed')
      }
    }
    this.#draft(table).set(id, structuredClone(row))
  }

  #draft(table: string): Map<string, MemoryRow | undefined> {
    if (this.#ended) throw refusal('SQLITE_MISUSE', 'The transaction has ended: await what the hook does.')
    const drafts = this.drafts.get(table) ?? new Map<string, MemoryRow | undefined>()
    this.drafts.set(table, drafts)
    return drafts
  }
}

function defined(values: MemoryRow): MemoryRow {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

/** With the code of SQLite, which the library knows. */
function refusal(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
