import { expect } from 'vitest'
import type { Project } from './database.ts'

/** A version, as long as those of core. */
const v = (n: number) => `${n}`.padStart(33, '0')
const change = (mode: string, row: object, table = 'people', key = 'id') => ({ table, key, mode, row })
const person = (version: number, email: string | null, more: object = {}) => ({
  id: 'user_1',
  clerk_version: v(version),
  email,
  ...more,
})
const deleted = (version: number, more: object = {}) => ({
  id: 'user_1',
  clerk_version: v(version),
  email: null,
  deleted_at: new Date(version),
  ...more,
})

const PEOPLE = `create domain plan_name as text not null; create table people (id text primary key, email text,
  plan plan_name default 'free', kind text not null default 'kind', nick text default 'nick', clerk_version text default '0',
  deleted_at timestamptz(3))`
const row = async ({ sql }: Project) =>
  (await sql('select email, plan, kind, nick, clerk_version, deleted_at from people'))[0]
const stored = (version: number, email: string | null, more: object = {}) => ({
  email,
  plan: 'free',
  kind: 'kind',
  nick: 'nick',
  clerk_version: v(version),
  deleted_at: null,
  ...more,
})

/** A trigger that changes or refuses what is written to a table. */
const trigger = (table: string, body: string, event = 'insert or update') =>
  `create function public.meddle() returns trigger language plpgsql as $$ begin ${body} end $$;
   create trigger meddle before ${event} on ${table} for each row execute function public.meddle()`

export const probesOfWrites: Record<string, (project: Project) => Promise<void>> = {
  async 'an upsert is taken while it is newer'(project) {
    const { sql, call } = project
    await sql(PEOPLE)
    const upsert = (version: number, email: string) =>
      call('clerk_sync_write', change('upsert', person(version, email)))
    expect(await upsert(2, 'a')).toBe('created')
    expect(await upsert(1, 'late')).toBe('stale')
    expect(await upsert(2, 'again')).toBe('unchanged')
    expect(await row(project)).toEqual(stored(2, 'a'))
    expect(await upsert(3, 'b')).toBe('updated')
    expect(await row(project)).toEqual(stored(3, 'b'))
    await sql('update people set clerk_version = null')
    expect(await upsert(1, 'c')).toBe('updated')
    expect(await row(project)).toEqual(stored(1, 'c'))
    expect(await call('clerk_sync_write', change('upsert', { ...person(4, 'd'), plan: null }))).toBe('23502')
    // A tombstone takes what is newer, and stays one.
    await sql("update people set deleted_at = 'epoch'")
    expect([await upsert(3, 'e'), await upsert(3, 'f'), await upsert(2, 'g')]).toEqual(Array(3).fill('already_deleted'))
    expect(await row(project)).toEqual(stored(3, 'e', { deleted_at: new Date(0) }))
  },
  async 'an erasing delete empties, and gives defaults where no NULL is taken'(project) {
    const { sql, call } = project
    await sql(PEOPLE)
    const erase = (version: number) =>
      call('clerk_sync_write', change('erase', deleted(version, { plan: null, kind: null, nick: null })))
    await call('clerk_sync_write', change('upsert', person(2, 'a', { plan: 'paid', nick: 'ada' })))
    expect(await erase(1)).toBe('stale')
    expect(await row(project)).toEqual(stored(2, 'a', { plan: 'paid', nick: 'ada' }))
    expect([await erase(3), await erase(3), await erase(2)]).toEqual(['deleted', 'unchanged', 'already_deleted'])
    expect(await row(project)).toEqual(stored(3, null, { nick: null, deleted_at: new Date(3) }))
    await sql('delete from people')
    expect(await erase(3)).toBe('deleted')
    expect(await row(project)).toEqual(stored(3, null, { nick: null, deleted_at: new Date(3) }))
    expect(await call('clerk_sync_write', change('erase', deleted(4, { plan: 'kept' })))).toBe('deleted')
    expect(await row(project)).toMatchObject({ plan: 'kept' })
  },
  async 'a keeping delete sets deleted_at alone'(project) {
    const { sql, call } = project
    await sql(PEOPLE)
    const keep = (at: number) =>
      call('clerk_sync_write', change('keep', { id: 'user_1', clerk_version: '0', deleted_at: new Date(at) }))
    await call('clerk_sync_write', change('upsert', person(2, 'a')))
    expect(await keep(5)).toBe('deleted')
    expect(await row(project)).toEqual(stored(2, 'a', { deleted_at: new Date(5) }))
    expect(await keep(4)).toBe('already_deleted')
    expect(await keep(5)).toBe('unchanged')
    expect(await keep(6)).toBe('deleted')
    expect(await row(project)).toEqual(stored(2, 'a', { deleted_at: new Date(6) }))
    await sql('delete from people')
    expect(await keep(5)).toBe('deleted')
    expect(await row(project)).toEqual(stored(0, null, { clerk_version: '0', deleted_at: new Date(5) }))
  },
  async 'other rows are left alone, and the key may have another name'({ sql, call }) {
    await sql(`create table keyed (id int generated always as identity, clerk_id text unique, email text,
      clerk_version text not null default '0', deleted_at timestamptz(3)); insert into keyed (clerk_id, email) values ('other', 'o')`)
    const upsert = (version: number) =>
      call(
        'clerk_sync_write',
        change('upsert', { clerk_id: 'user_1', clerk_version: v(version), email: 'a' }, 'keyed', 'clerk_id'),
      )
    expect([await upsert(1), await upsert(2)]).toEqual(['created', 'updated'])
    expect(await sql('select clerk_id, email from keyed order by id')).toEqual([
      { clerk_id: 'other', email: 'o' },
      { clerk_id: 'user_1', email: 'a' },
    ])
  },
  async 'a write that is not kept fails'({ sql, call }) {
    await sql(PEOPLE)
    const upsert = (version: number) => call('clerk_sync_write', change('upsert', person(version, 'a')))
    for (const body of ['return null;', "new.clerk_version := '0'; return new;", "new.id := 'other'; return new;"]) {
      await sql(`${trigger('people', body)}; insert into people (id) values ('user_2') on conflict do nothing`)
      expect(await upsert(1)).toBe('CS001')
      await sql('drop trigger meddle on people; drop function public.meddle()')
    }
    expect(await upsert(2)).toBe('created')
  },
  async 'what a trigger takes away after the write fails, also where it is deferred'({ sql, call }) {
    await sql(PEOPLE)
    const upsert = (version: number) => call('clerk_sync_write', change('upsert', person(version, 'a')))
    for (const deferred of ['', 'deferrable initially deferred']) {
      await sql(
        `create function public.meddle() returns trigger language plpgsql as $$ begin delete from people; return null; end $$;
         create ${deferred && 'constraint'} trigger meddle after insert or update on people ${deferred} for each row execute function public.meddle();
         set constraints all deferred`,
      )
      expect(await upsert(1)).toBe('CS001')
      await sql('drop trigger meddle on people; drop function public.meddle()')
    }
    await sql(
      `create function public.meddle() returns trigger language plpgsql as $$ begin delete from clerk_events; return null; end $$;
       create constraint trigger meddle after insert on clerk_events deferrable initially deferred for each row execute function public.meddle();
       set constraints all deferred`,
    )
    const event = { id: 'msg_1', type: 't', occurred_at: new Date(1), processed_at: new Date(2) }
    expect(await call('clerk_sync_mark', 'clerk_events', event)).toBe('CS001')
  },
  async 'a key that ignores case gives nobody the row of another'({ sql, call }) {
    await sql(`create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ${PEOPLE};
      alter table people alter column id type text collate nocase`)
    expect(await call('clerk_sync_write', change('upsert', person(1, 'a')))).toBe('created')
    for (const version of [1, 2]) {
      expect(await call('clerk_sync_write', change('upsert', { ...person(version, 'b'), id: 'USER_1' }))).toBe('CS001')
    }
    expect(await sql('select id, email from people')).toEqual([{ id: 'user_1', email: 'a' }])
  },
  async 'a batch gives each row its result'({ sql, call }) {
    await sql(`${PEOPLE}; alter table people add constraint no_mallory check (email <> 'mallory')`)
    const changes = ['a', 'mallory', 'b'].map((email, n) => change('upsert', { ...person(1, email), id: `user_${n}` }))
    expect(await call('clerk_sync_write_many', JSON.stringify(changes))).toEqual([
      'created',
      {
        code: '23514',
        message: expect.stringContaining('no_mallory'),
        details: expect.stringContaining('Failing row'),
      },
      'created',
    ])
    for (const code of ['40001', '40P01', '55P03']) {
      await sql(trigger('people', `raise exception using errcode = '${code}';`))
      expect(await call('clerk_sync_write_many', JSON.stringify(changes))).toBe(code)
      await sql('drop trigger meddle on people; drop function public.meddle()')
    }
  },
  async 'a message that is in the ledger writes nothing'({ sql, call }) {
    await sql(`${PEOPLE}; insert into clerk_events values ('msg_1', 't', 'user_1', now(), now())`)
    const once = (message: string, ...given: unknown[]) =>
      call('clerk_sync_write_once', 'clerk_events', message, ...given)
    expect(await once('msg_1', change('upsert', person(1, 'a')))).toBe('duplicate')
    expect([await once('msg_1'), await once('msg_2'), await once('msg_2', 'null')]).toEqual([
      'duplicate',
      'unchanged',
      'unchanged',
    ])
    expect(await sql('select * from people')).toEqual([])
    expect(await once('msg_2', change('upsert', person(1, 'a')))).toBe('created')
    expect(await sql('select email from people')).toEqual([{ email: 'a' }])
  },
  async 'a message is entered once, and a ledger that drops it fails'({ sql, call }) {
    const mark = (id: string, type: string) =>
      call('clerk_sync_mark', 'clerk_events', {
        id,
        type,
        entity_id: 'user_1',
        occurred_at: new Date(1),
        processed_at: new Date(2),
      })
    expect([await mark('msg_1', 'first'), await mark('msg_1', 'second'), await mark('msg_2', 'other')]).toEqual([
      true,
      false,
      true,
    ])
    expect(await sql('select * from clerk_events order by id')).toEqual([
      { id: 'msg_1', type: 'first', entity_id: 'user_1', occurred_at: new Date(1), processed_at: new Date(2) },
      { id: 'msg_2', type: 'other', entity_id: 'user_1', occurred_at: new Date(1), processed_at: new Date(2) },
    ])
    await sql(trigger('clerk_events', 'return null;'))
    expect(await mark('msg_3', 'dropped')).toBe('CS001')
  },
  async 'pruning removes what is older, and counts it'({ sql, call }) {
    await sql(
      "insert into clerk_events select 'msg_' || n, 't', null, now(), to_timestamp(n) from generate_series(1, 4) as n",
    )
    expect(await call('clerk_sync_prune', 'clerk_events', new Date(3_000).toISOString())).toBe('2')
    expect(await sql('select id from clerk_events order by id')).toEqual([{ id: 'msg_3' }, { id: 'msg_4' }])
  },
  async 'triggers run under the search path that the project has'({ sql, call }) {
    await sql(`${PEOPLE}; create function extensions.helper() returns text language sql as $$ select 'helped' $$`)
    const body = 'perform helper(); return coalesce(new, old);'
    await sql(trigger('people', body))
    await sql(
      'create trigger meddle before insert or delete on clerk_events for each row execute function public.meddle()',
    )
    const upsert = (id: string) => change('upsert', { ...person(1, 'a'), id })
    const calls: [string, ...unknown[]][] = [
      ['clerk_sync_write', upsert('user_1')],
      ['clerk_sync_write_many', JSON.stringify([upsert('user_2')])],
      ['clerk_sync_write_once', 'clerk_events', 'msg_1', upsert('user_3')],
      [
        'clerk_sync_mark',
        'clerk_events',
        { id: 'msg_1', type: 't', occurred_at: new Date(1), processed_at: new Date(2) },
      ],
      ['clerk_sync_prune', 'clerk_events', new Date(3).toISOString()],
    ]
    for (const [name, ...values] of calls) {
      expect(await call(name, ...values)).toEqual(
        { clerk_sync_write_many: ['created'], clerk_sync_mark: true, clerk_sync_prune: '1' }[name] ?? 'created',
      )
    }
  },
}
