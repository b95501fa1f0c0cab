import { freshDatabase } from '@clerk-sync/test-support/databases'
import { rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { expect, onTestFinished } from 'vitest'
import { CREATE } from './application.ts'
import type { History } from './history.ts'

/** A database of its own with the application's tables, read past the library. */
export async function applicationDatabase(suite: string) {
  const url = await freshDatabase('postgres', suite)
  const query = rawPostgres(url, onTestFinished)
  await query(CREATE)
  const welcomed = async () => (await query('select user_id from welcomes')).map(({ user_id }) => String(user_id))
  return {
    url,
    query,
    welcomed,
    /** The rows are what the history ends with, and each sign-up has had its effect once. */
    async expectEnd({ users, signUps }: History): Promise<void> {
      const rows = await query('select id, email, deleted_at from users')
      expect(new Map(rows.map(({ id, email }) => [id, email]))).toEqual(users)
      expect(new Map(rows.map(({ id, deleted_at }) => [id, deleted_at !== null]))).toEqual(
        new Map([...users].map(([id, email]) => [id, email === null])),
      )
      expect((await welcomed()).sort()).toEqual([...signUps].sort())
    },
  }
}
