import { createClerkSync } from '@clerk-sync/core'
import type { SyncAdapter } from '@clerk-sync/core/adapter'
import { describe, expect, it } from 'vitest'
import { userEvent } from './events.ts'
import type { Query } from './raw-connections.ts'

const created = userEvent('user.created', 'user_1', 1_700_000_000_000)
const deleted = userEvent('user.deleted', 'user_1', 1_700_000_002_000)

/** What runs after a statement, and takes back what it wrote. */
const TAKING_BACK: Readonly<Record<string, readonly [table: string, when: string, statement: string]>> = {
  'the row': ['users', 'insert or update', 'delete from users where id = new.id'],
  'the version': ['users', 'insert or update', 'delete from versions'],
  'the version, from its own table': ['versions', 'insert or update', 'delete from versions where id = new.id'],
  'a removal': ['users', 'delete', 'insert into users select old.*'],
  'the version of a removal': ['users', 'delete', 'delete from versions'],
}

/** An adapter of the kit's tables on PostgreSQL, with the versions beside, and a connection past it. */
interface Opened<Adapter> {
  readonly sql: Query
  readonly adapter: Adapter
}

/** What triggers take back after the write is not acknowledged, with the versions beside. */
export function testTakenBack<Adapter>(open: () => Promise<Opened<Adapter>>): void {
  describe('What PostgreSQL takes back after the write is not acknowledged with the version beside it', () => {
    const cases = Object.entries(TAKING_BACK).flatMap(([what, taking]) =>
      (['at once', 'deferred'] as const).flatMap((when) =>
        [false, true].map((hooked) => [what, when, hooked, taking] as const),
      ),
    )
    it.for(cases)('a trigger takes back %s, %s, with a hook: %s', async ([, when, hooked, taking]) => {
      const { sql, adapter } = await open()
      // Each adapter has types of its own; the events are the same.
      const { apply } = createClerkSync({
        adapter: adapter as unknown as SyncAdapter,
        ...(hooked && { on: { 'user.created': () => {}, 'user.deleted': () => {} } }),
      })
      const [table, statements, statement] = taking
      const isRemoval = statements === 'delete'
      if (isRemoval) await apply(created)
      const state = () => Promise.all(['users', 'versions', 'events'].map((name) => sql(`select * from ${name}`)))
      const before = await state()
      await sql(`create function f() returns trigger language plpgsql as $$ begin ${statement}; return null; end $$`)
      await sql(
        when === 'deferred'
          ? `create constraint trigger t after ${statements} on ${table} deferrable initially deferred for each row execute function f()`
          : `create trigger t after ${statements} on ${table} for each row execute function f()`,
      )
      const event = isRemoval ? deleted : created
      for (let times = 0; times < 2; times++) {
        const error: unknown = await apply(event).catch((thrown: unknown) => thrown)
        expect(error).toMatchObject({ code: 'store_failed', status: 503 })
        expect(await state()).toEqual(before)
      }
      await sql('drop function f() cascade')
      expect(await apply(event)).toBe(isRemoval ? 'deleted' : 'created')
      expect(await sql('select id from users')).toHaveLength(isRemoval ? 0 : 1)
    })
  })
}
