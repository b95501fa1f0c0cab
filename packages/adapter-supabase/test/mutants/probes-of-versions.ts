import { expect } from 'vitest'
import type { Project } from './database.ts'

/** A version, as long as those of core. */
const v = (n: number) => `${n}`.padStart(33, '0')

const PEOPLE = `create table people (id text primary key, email text unique, plan text not null default 'free');
  insert into people (id, email) values ('user_0', 'zero')`
const upsert = (version: number, email: string, more: object = {}) => ({
  table: 'people',
  key: 'id',
  mode: 'upsert',
  versions: 'clerk_versions',
  version: v(version),
  row: { id: 'user_1', email },
  ...more,
})
const remove = (version: number, more: object = {}) => ({
  ...upsert(version, ''),
  mode: 'remove',
  deletedAt: new Date(version),
  row: { id: 'user_1' },
  ...more,
})
const writer =
  ({ call }: Project) =>
  (change: object) =>
    call('clerk_sync_write', change)

/** The rows of people and their versions; user_0, whom no event concerns, is left out. */
const stored = async ({ sql }: Project) => ({
  people: await sql("select email, plan from people where id <> 'user_0'"),
  versions: await sql("select version, deleted_at from clerk_versions where table_name = 'people' and id = 'user_1'"),
})
const live = (version: number, email: string, plan = 'free') => ({
  people: [{ email, plan }],
  versions: [{ version: v(version), deleted_at: null }],
})
const gone = (version: number, deletedAt: Date | null = new Date(version)) => ({
  people: [],
  versions: [{ version: v(version), deleted_at: deletedAt }],
})

const trigger = (table: string, when: string, body: string, more = '') =>
  `create function public.meddle() returns trigger language plpgsql as $$ begin ${body} end $$;
   create ${more && 'constraint'} trigger meddle ${when} on ${table} ${more} for each row execute function public.meddle();
   ${AS_AT_THE_START}`
const DEFERRED = 'deferrable initially deferred'
/** Other probes of the transaction have run what was deferred. */
const AS_AT_THE_START = 'set constraints all deferred'
const untrigger = (table: string) => `drop trigger meddle on ${table}; drop function public.meddle()`

export const probesOfVersions: Record<string, (project: Project) => Promise<void>> = {
  async 'with its version beside, a change that expects a version replaces that one, and no other'(project) {
    const { sql } = project
    await sql(PEOPLE)
    const write = writer(project)
    await write(upsert(5, 'a'))
    await sql(`insert into clerk_versions (table_name, id, version)
      values ('others', 'user_1', '${v(5)}'), ('people', 'user_2', '${v(5)}')`)
    expect(await write(upsert(9, 'x', { expected: v(4) }))).toBe('stale')
    expect(await write(upsert(9, 'x', { expected: '0' }))).toBe('stale')
    // What no event has reached must be there.
    expect(await write(upsert(9, 'x', { expected: '0', row: { id: 'user_9' } }))).toBe('already_deleted')
    expect(await stored(project)).toEqual(live(5, 'a'))
    expect(await write(remove(3, { expected: v(5) }))).toBe('deleted')
    expect(await stored(project)).toEqual(gone(3))
    expect(await write(upsert(2, 'b', { expected: v(3) }))).toBe('created')
    expect(await stored(project)).toEqual(live(2, 'b'))
    await sql("insert into people (id, email) values ('user_3', 'own')")
    expect(await write(remove(4, { expected: '0', row: { id: 'user_3' } }))).toBe('deleted')
    expect(
      await sql(
        "select table_name, id, version from clerk_versions where id <> 'user_1' or table_name <> 'people' order by id",
      ),
    ).toEqual([
      { table_name: 'others', id: 'user_1', version: v(5) },
      { table_name: 'people', id: 'user_2', version: v(5) },
      { table_name: 'people', id: 'user_3', version: v(4) },
    ])
  },
  async 'with its version beside, a row is written while the change is newer'(project) {
    await project.sql(PEOPLE)
    const write = writer(project)
    expect(await write(upsert(2, 'a'))).toBe('created')
    expect([await write(upsert(1, 'late')), await write(upsert(2, 'again'))]).toEqual(['stale', 'unchanged'])
    expect(await stored(project)).toEqual(live(2, 'a'))
    await project.sql("update people set plan = 'paid' where id = 'user_1'")
    expect(await write(upsert(3, 'b'))).toBe('updated')
    expect(await stored(project)).toEqual(live(3, 'b', 'paid'))
    // A row without a version, which the application inserted.
    expect(await write(upsert(1, 'z', { row: { id: 'user_0', email: 'z' } }))).toBe('updated')
    expect(await project.sql("select email from people where id = 'user_0'")).toEqual([{ email: 'z' }])
    // Rows that refer to this one are not held up: an update names the key only where nothing else is to be named.
    await project.sql(trigger('people', 'before update of id', "raise exception 'the key';"))
    expect(await write(upsert(3, 'b', { version: `${v(3)}1` }))).toBe('updated')
    await project.sql(untrigger('people'))
    // Nothing but the key.
    expect(await write(upsert(4, '', { row: { id: 'user_1' } }))).toBe('updated')
    expect(await stored(project)).toEqual(live(4, 'b', 'paid'))
  },
  async 'a removal takes the row and leaves its tombstone beside'(project) {
    await project.sql(PEOPLE)
    const write = writer(project)
    await write(upsert(2, 'a'))
    expect(await write(remove(1))).toBe('stale')
    expect(await stored(project)).toEqual(live(2, 'a'))
    expect([await write(remove(3)), await write(remove(3)), await write(remove(2))]).toEqual([
      ...['deleted', 'unchanged', 'already_deleted'],
    ])
    expect([await write(upsert(2, 'late')), await write(upsert(3, 'late'))]).toEqual(Array(2).fill('already_deleted'))
    expect(await stored(project)).toEqual(gone(3))
    expect(await project.sql('select id from people')).toEqual([{ id: 'user_0' }])
    expect(await write(upsert(4, 'b'))).toBe('created')
    expect(await stored(project)).toEqual(live(4, 'b'))
    // An id that was never seen.
    expect(await write(remove(1, { row: { id: 'user_2' } }))).toBe('deleted')
    expect(await project.sql("select deleted_at from clerk_versions where id = 'user_2'")).toEqual([
      { deleted_at: new Date(1) },
    ])
  },
  async 'an erasing delete leaves a row without what was mapped, also where there was none'(project) {
    const { sql } = project
    await sql(`${PEOPLE}; create domain plan_name as text not null; alter table people alter plan type plan_name`)
    const write = writer(project)
    const erase = (version: number, id = 'user_1', more: object = {}) =>
      remove(version, { mode: 'erase', row: { id, email: null, plan: null }, ...more })
    await write(upsert(2, 'a'))
    await sql("update people set plan = 'paid'")
    expect(await write(erase(1))).toBe('stale')
    // An upsert's own NULL is refused.
    expect(await write(upsert(3, 'a', { row: { id: 'user_1', plan: null } }))).toBe('23502')
    expect(await stored(project)).toEqual(live(2, 'a', 'paid'))
    expect([await write(erase(4)), await write(erase(4)), await write(erase(3))]).toEqual([
      ...['deleted', 'unchanged', 'already_deleted'],
    ])
    expect([await write(upsert(3, 'late')), await write(upsert(4, 'late'))]).toEqual(Array(2).fill('already_deleted'))
    const erased = (version: number) => ({
      people: [{ email: null, plan: 'free' }],
      versions: [{ version: v(version), deleted_at: new Date(version) }],
    })
    expect(await stored(project)).toEqual(erased(4))
    expect(await write(erase(2, 'user_1', { expected: v(4) }))).toBe('deleted')
    expect(await stored(project)).toEqual(erased(2))
    expect(await write(upsert(5, 'b'))).toBe('updated')
    expect(await stored(project)).toEqual(live(5, 'b'))
    expect(await write(erase(3, 'user_0', { expected: '0' }))).toBe('deleted')
    expect(await write(erase(1, 'user_new'))).toBe('deleted')
    expect(await sql("delete from people where id = 'user_new' returning email, plan")).toEqual(erased(1).people)
    // What drops it takes the version along.
    for (const [when, body] of [
      ['before insert or update', 'return null;'],
      ['before insert or update', "new.id := 'other'; return new;"],
      ['after insert or update', 'delete from people where id = new.id; return null;'],
    ] as const) {
      await sql(trigger('people', when, body))
      for (const id of ['user_1', 'user_2']) expect([body, await write(erase(6, id))]).toEqual([body, 'CS001'])
      await sql(untrigger('people'))
    }
    expect(await stored(project)).toEqual(live(5, 'b'))
  },
  async 'a row that the application deleted stays away until the next event'(project) {
    await project.sql(PEOPLE)
    const write = writer(project)
    await write(upsert(2, 'a'))
    await project.sql("delete from people where id = 'user_1'")
    expect([await write(upsert(2, 'a')), await write(upsert(1, 'a'))]).toEqual(Array(2).fill('already_deleted'))
    expect(await stored(project)).toEqual(gone(2, null))
    expect(await write(upsert(3, 'b'))).toBe('created')
    // And one that it inserted again after a removal is no row of ours, until an event comes.
    await write(remove(4))
    await project.sql("insert into people (id) values ('user_1')")
    expect([await write(remove(4)), await write(upsert(4, 'late')), await write(upsert(3, 'late'))]).toEqual([
      ...['unchanged', 'already_deleted', 'already_deleted'],
    ])
  },
  async 'tables and keys have versions of their own'(project) {
    await project.sql(
      `${PEOPLE}; create table teams (n int generated always as identity, clerk_id text unique, email text)`,
    )
    const write = writer(project)
    const team = (version: number) =>
      upsert(version, '', { table: 'teams', key: 'clerk_id', row: { clerk_id: 'user_1', email: 'team' } })
    expect([await write(upsert(3, 'a')), await write(team(1)), await write(team(2))]).toEqual([
      ...['created', 'created', 'updated'],
    ])
    expect(await write(remove(5))).toBe('deleted')
    expect(await project.sql('select clerk_id, email from teams')).toEqual([{ clerk_id: 'user_1', email: 'team' }])
    expect(await project.sql('select table_name, id, version from clerk_versions order by table_name')).toEqual([
      { table_name: 'people', id: 'user_1', version: v(5) },
      { table_name: 'teams', id: 'user_1', version: v(2) },
    ])
  },
  async 'what is not kept takes the version with it'(project) {
    const { sql } = project
    const write = writer(project)
    await sql(PEOPLE)
    await write(upsert(1, 'a'))
    const lost: [string, string, string, string?][] = [
      ['people', 'before insert or update or delete', 'return null;'],
      ['people', 'before insert or update', "new.id := 'other'; return new;"],
      ['people', 'after insert or update', 'delete from people where id = new.id; return null;'],
      ['people', 'after insert or update', 'delete from people where id = new.id; return null;', DEFERRED],
      ['people', 'after delete', 'insert into people (id) values (old.id); return null;'],
      ['people', 'after delete', 'insert into people (id) values (old.id); return null;', DEFERRED],
      ['clerk_versions', 'before insert or update', 'return null;'],
      ['clerk_versions', 'before insert or update', "new.version := '0'; return new;"],
      ['clerk_versions', 'before insert or update', "new.version := '1' || new.version; return new;"],
      [
        'clerk_versions',
        'after insert or update',
        "if pg_trigger_depth() = 1 then update clerk_versions set version = '0'; end if; return null;",
      ],
    ]
    for (const [table, when, body, more] of lost) {
      const concerns: { readonly mode: string }[] = when.includes('insert') ? [upsert(2, 'b')] : []
      if (when.includes('delete') || table === 'clerk_versions') concerns.push(remove(2))
      for (const purged of [false, true]) {
        await sql('savepoint before')
        if (purged) await sql("delete from people where id = 'user_1'; delete from clerk_versions where id = 'user_1'")
        await sql(trigger(table, when, body, more))
        const before = await stored(project)
        for (const change of concerns) {
          // There is nothing to take away, or to keep.
          if (purged && change.mode === 'remove' && table === 'people') continue
          expect([when, body, change.mode, await write(change)]).toEqual([when, body, change.mode, 'CS001'])
          expect(await stored(project)).toEqual(before)
        }
        await sql('rollback to savepoint before')
      }
    }
    // What they leave alone is taken.
    await sql(trigger('people', 'after insert or update or delete', 'return null;', DEFERRED))
    expect([await write(upsert(2, 'b')), await write(remove(3))]).toEqual(['updated', 'deleted'])
    await sql(untrigger('people'))
  },
  async 'a row that refuses a write or a removal keeps its version'(project) {
    const { sql, call } = project
    const write = writer(project)
    await sql(`${PEOPLE}; create table posts (author text references people (id))`)
    await write(upsert(1, 'a'))
    await sql("insert into posts values ('user_1')")
    expect([await write(remove(2)), await write(upsert(2, 'zero'))]).toEqual(['23503', '23505'])
    await sql(`alter table posts alter constraint posts_author_fkey deferrable initially deferred; ${AS_AT_THE_START}`)
    expect(await write(remove(2))).toBe('23503')
    const batch = [upsert(2, 'zero'), remove(2), upsert(3, 'c')]
    expect(await call('clerk_sync_write_many', JSON.stringify(batch))).toEqual([
      expect.objectContaining({ code: '23505' }),
      expect.objectContaining({ code: '23503' }),
      'updated',
    ])
    expect(await stored(project)).toEqual(live(3, 'c'))
    await sql('delete from posts')
    expect(await write(remove(4))).toBe('deleted')
  },
  async 'a key that ignores case gives nobody the row of another'(project) {
    const { sql } = project
    const write = writer(project)
    await sql(`create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      create table people (id text collate nocase primary key, email text)`)
    expect(await write(upsert(1, 'a'))).toBe('created')
    const other = { id: 'USER_1', email: 'b' }
    expect(await write(upsert(2, '', { row: other }))).toBe('CS001')
    expect(await write(remove(2, { row: { id: 'USER_1' } }))).toBe('deleted')
    expect(await write(upsert(1, '', { row: { ...other, id: 'USER_1' } }))).toBe('already_deleted')
    expect(await sql('select id, email from people')).toEqual([{ id: 'user_1', email: 'a' }])
  },
  async 'only what has its versions beside is written so, and only in ways that are known'(project) {
    const { sql } = project
    const write = writer(project)
    await sql(`${PEOPLE}; create table notes (id text primary key, email text, clerk_version text);
      create table lacking (table_name text, id text, version text)`)
    expect(await write(upsert(1, 'a', { mode: 'hide' }))).toBe('0A000')
    expect(await write(upsert(1, 'a', { key: 'nothing' }))).toBe('42703')
    expect(await write(upsert(1, 'a', { versions: 'nothing' }))).toBe('42P01')
    for (const column of ['table_name', 'id', 'version', 'deleted_at']) {
      await sql(`savepoint whole; alter table clerk_versions drop column ${column}`)
      expect(await project.call('clerk_sync_versions_table', 'clerk_versions')).toBe('42703')
      await sql('rollback to savepoint whole')
    }
    expect([await write(upsert(1, 'a', { table: 'notes' })), await write(remove(1, { table: 'notes' }))]).toEqual([
      ...['CS002', 'CS002'],
    ])
    await sql('alter table notes drop column clerk_version')
    expect(await write(upsert(1, 'a', { table: 'notes' }))).toBe('created')
    expect(await write({ ...upsert(1, 'a'), versions: undefined })).toBe('42703')
  },
  async 'a table that gets its versions back while a write waits for the one beside it is not written'(project) {
    const { sql } = project
    await sql(`${PEOPLE}; create function moved() returns trigger language plpgsql security definer as $$ begin
      alter table public.people add column clerk_version text; return new; end $$;
      create trigger moved before insert on clerk_versions for each row execute function moved()`)
    const write = writer(project)
    expect([await write(upsert(1, 'a')), await write(remove(2))]).toEqual(['CS002', 'CS002'])
    expect(await sql('select id from people')).toEqual([{ id: 'user_0' }])
  },
  async 'triggers beside run under the search path of the caller'(project) {
    const { sql, call } = project
    await sql(`${PEOPLE}; create function extensions.helper() returns text language sql as $$ select 'helped' $$`)
    await sql(trigger('people', 'before insert or delete', 'perform helper(); return coalesce(new, old);'))
    const write = writer(project)
    expect([await write(upsert(1, 'a')), await write(remove(2))]).toEqual(['created', 'deleted'])
    expect(await call('clerk_sync_write_once', 'clerk_events', 'msg_1', upsert(3, 'a'))).toBe('created')
  },
}
