import type { Capabilities } from '@clerk-sync/adapter-testkit'
import type { Pool } from 'mysql2'

/** The levels beside the default one at which adapters are proven. */
export const POSTGRES_LEVELS = ['repeatable read', 'serializable'] as const
const MYSQL_LEVELS = ['read committed', 'serializable'] as const

const pooled = { transactions: 'interactive', parallel: true, datePrecisionMs: 1, tombstones: true } as const

/** What an adapter can do on a pool of connections to a server. */
export const POSTGRES_POOL: Capabilities = { ...pooled, isolationLevels: POSTGRES_LEVELS }
export const MYSQL_POOL: Capabilities = { ...pooled, isolationLevels: MYSQL_LEVELS }

/** What begins every transaction of a connection to PostgreSQL at this level, as its start-up option. */
export function isolationOption(level: string | undefined): string {
  return level ? `-c default_transaction_isolation=${level.replace(' ', '\\ ')}` : ''
}

/** Begins every transaction of a pool at this level. */
export function isolateMysql(pool: Pick<Pool, 'on'>, level: string | undefined): void {
  if (!level) return
  pool.on('connection', (connection) => {
    connection.query(`set session transaction isolation level ${level}`)
  })
}
