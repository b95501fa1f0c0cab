import type { Connection, PoolClient, Submittable } from 'pg'

/** What is used of node-postgres' connection beside its declared types. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

/** `COPY … FROM STDIN` through node-postgres: one command for all rows. */
export async function copy(
  client: PoolClient,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.query(new Copy(`copy ${table} (${columns.join(', ')}) from stdin`, rows, resolve, reject))
  })
}

/** Rows to a message. */
const ROWS = 500

class Copy implements Submittable {
  readonly #sql: string
  readonly #rows: readonly (readonly (string | null)[])[]
  readonly #resolve: () => void
  readonly #reject: (error: unknown) => void

  constructor(
    sql: string,
    rows: readonly (readonly (string | null)[])[],
    resolve: () => void,
    reject: (error: unknown) => void,
  ) {
    this.#sql = sql
    this.#rows = rows
    this.#resolve = resolve
    this.#reject = reject
  }

  submit(connection: Connection): void {
    connection.query(this.#sql)
  }

  handleCopyInResponse(connection: CopyConnection): void {
    for (let first = 0; first < this.#rows.length; first += ROWS) {
      const lines = this.#rows.slice(first, first + ROWS).map((row) => `${row.map(textOf).join('\t')}\n`)
      connection.sendCopyFromChunk(Buffer.from(lines.join('')))
    }
    connection.endCopyFrom()
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#resolve()
  }

  handleError(error: unknown): void {
    this.#reject(error)
  }
}

function textOf(value: string | null): string {
  if (value === null) return '\\N'
  return value.replace(/[\\\t\n\r]/g, (char) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[char] ?? char)
}
