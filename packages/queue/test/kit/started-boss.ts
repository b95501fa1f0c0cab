import { PgBoss } from 'pg-boss'

/** A pg-boss that notices within seconds that a worker died. */
export async function startedBoss(connectionString: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString, superviseIntervalSeconds: 1, monitorIntervalSeconds: 1, max: 4 })
  // A server that ends before it is no news here.
  boss.on('error', () => {})
  return boss.start()
}
