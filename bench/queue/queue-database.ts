import pg from 'pg'

const NAME = 'bench_queue'

/** A database of the engine's own, on the same server. */
export interface QueueDatabase {
  readonly url: string
  /** @param from - what follows `from` in a query */
  count(from: string): Promise<number>
  close(): Promise<void>
}

export async function openQueueDatabase(server: string): Promise<QueueDatabase> {
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`drop database if exists ${NAME} with (force)`)
  await admin.query(`create database ${NAME}`)
  const own = new URL(server)
  own.pathname = `/${NAME}`
  const client = new pg.Client({ connectionString: own.href })
  await client.connect()
  return {
    url: own.href,
    async count(from) {
      const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${from}`)
      return rows[0]?.n ?? Number.NaN
    },
    async close() {
      await client.end()
      await admin.query(`drop database ${NAME} with (force)`)
      await admin.end()
    },
  }
}
