import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { clerkId, clerkVersionsMigration } from '@clerk-sync/adapter-kysely/migrations'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { Kysely, MysqlDialect } from 'kysely'
import { createPool } from 'mysql2'
import { expect, it, onTestFinished, vi } from 'vitest'

// Every writer locks the version first, and then its row: two that did it in another order could deadlock.
it.for(['mysql', 'mariadb'] as const)(
  '%s: a delete that expects a row without a version locks the version before the row',
  async (server) => {
    const pool = createPool({
      uri: await freshDatabase(server, 'kysely_lock_order'),
      connectionLimit: 4,
      timezone: 'Z',
    })
    const promised = pool.promise()
    onTestFinished(() => promised.end())
    const db = new Kysely<{ users: { id: string; email: string | null } }>({ dialect: new MysqlDialect({ pool }) })
    await db.schema
      .createTable('users')
      .addColumn('id', clerkId(db), (column) => column.primaryKey())
      .addColumn('email', 'varchar(255)')
      .execute()
    await clerkVersionsMigration().up(db as never)
    await db.insertInto('users').values({ id: 'user_1', email: 'ada@example.com' }).execute()
    const users = { table: 'users', columns: ['email'] }
    const adapter = kyselyAdapter(db, { users, versions: 'clerk_versions' } as never)

    const application = await promised.getConnection()
    await application.query('begin')
    await application.query("select * from users where id = 'user_1' for update")
    const deleted = adapter.softDelete({
      kind: 'delete',
      mode: 'remove',
      entity: 'user',
      key: 'user_1',
      version: '1'.repeat(33),
      deletedAt: new Date(0),
      values: {},
      expected: '0',
    })
    const lock = () => promised.query("select 1 from clerk_versions where id = 'user_1' for update nowait")
    try {
      await vi.waitFor(() => expect(lock()).rejects.toThrow(/lock/i), 4000)
    } finally {
      await application.query('commit')
      application.release()
    }
    expect(await deleted).toBe('deleted')
    expect(await db.selectFrom('users').selectAll().execute()).toEqual([])
  },
)
