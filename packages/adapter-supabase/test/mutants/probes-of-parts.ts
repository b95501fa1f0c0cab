import { expect } from 'vitest'
import type { Project } from './database.ts'

/** A version, as long as those of core. */
const v = (n: number) => `${n}`.padStart(33, '0')

const TABLES = `
  create table mails (user_id text references people, id text, address text, is_primary boolean not null default false,
    note text default 'own', primary key (user_id, id));
  create unique index one_primary on mails (user_id) where is_primary;
  create table phones (person text, number_id text, primary key (number_id, person));
  insert into people (id) values ('user_2');
  insert into mails (user_id, id, address) values ('user_2', 'idn_a', 'two')`
const IN_ROW = `create table people (id text primary key, name text, clerk_version text default '0', deleted_at timestamptz(3));
  ${TABLES}`
const BESIDE = `create table people (id text primary key, name text); ${TABLES}`

type Mail = readonly [id: string, address: string | null, isPrimary?: boolean]
const mails = (...rows: readonly Mail[]) => ({
  ...{ table: 'mails', owner: 'user_id', key: 'id' },
  rows: rows.map(([id, address, isPrimary = false]) => ({ user_id: 'user_1', id, address, is_primary: isPrimary })),
})
const phones = (...ids: readonly string[]) => ({
  ...{ table: 'phones', owner: 'person', key: 'number_id' },
  rows: ids.map((id) => ({ person: 'user_1', number_id: id })),
})
const NONE = [mails(), phones()]

const inRow = (version: number, more: object = {}, mode = 'upsert') => ({
  ...{ table: 'people', key: 'id', mode },
  row: { id: 'user_1', clerk_version: v(version), ...more },
})
const beside = (version: number, mode = 'upsert', more: object = {}) => ({
  ...{ table: 'people', key: 'id', mode, versions: 'clerk_versions', version: v(version) },
  row: { id: 'user_1', ...(mode === 'upsert' && { name: 'Ada' }) },
  ...more,
})
const deleted = { deleted_at: new Date(1) }

/** A call takes an array for one of the database. */
const writer =
  ({ call }: Project) =>
  (change: object, ...parts: readonly object[]) =>
    call('clerk_sync_write', change, JSON.stringify(parts))

const stored = async ({ sql }: Project) => ({
  mails: (await sql("select id, address from mails where user_id = 'user_1' order by id")).map(
    ({ id, address }) => `${id} ${address}`,
  ),
  phones: (await sql('select number_id from phones order by 1')).map(({ number_id }) => number_id),
})
/** Of somebody else, who has a part of the same id. */
const others = ({ sql }: Project) => sql("select user_id, id, address, note from mails where user_id <> 'user_1'")
const OTHERS = [{ user_id: 'user_2', id: 'idn_a', address: 'two', note: 'own' }]

const trigger = (when: string, body: string, more = '') =>
  `create function public.meddle() returns trigger language plpgsql as $$ begin ${body} end $$;
   create ${more && 'constraint'} trigger meddle ${when} on mails ${more} for each row execute function public.meddle();
   set constraints all deferred`
const UNTRIGGER = 'drop trigger meddle on mails; drop function public.meddle()'

export const probesOfParts: Record<string, (project: Project) => Promise<void>> = {
  async 'the parts are those of what the row took, and the columns of the application stay'(project) {
    const { sql } = project
    await sql(IN_ROW)
    const write = writer(project)
    expect(await write(inRow(1), mails(['idn_a', 'a'], ['idn_b', 'b']), phones('idn_c'))).toBe('created')
    expect(await stored(project)).toEqual({ mails: ['idn_a a', 'idn_b b'], phones: ['idn_c'] })
    expect(await sql('select distinct note from mails')).toEqual([{ note: 'own' }])
    await sql("update mails set note = 'mine' where user_id = 'user_1'")
    // It would fail for a key that is written.
    await sql(trigger('before update of user_id, id', 'raise exception using message = tg_name;'))
    expect(await write(inRow(3), mails(['idn_b', 'b2'], ['idn_C', null]), phones('idn_c', 'idn_d'))).toBe('updated')
    const newest = { mails: ['idn_b b2', 'idn_C null'].sort(), phones: ['idn_c', 'idn_d'] }
    const found = await stored(project)
    expect({ ...found, mails: found.mails.sort() }).toEqual(newest)
    expect(await sql("select note from mails where user_id = 'user_1' order by id = 'idn_b'")).toEqual([
      { note: 'own' },
      { note: 'mine' },
    ])
    for (const version of [2, 3]) expect(['stale', 'unchanged']).toContain(await write(inRow(version), ...NONE))
    expect((await stored(project)).mails).toHaveLength(2)
    expect(await write(inRow(4), mails())).toBe('updated')
    expect(await stored(project)).toEqual({ ...newest, mails: [] })
    expect(await others(project)).toEqual(OTHERS)
  },
  async 'without parts none is touched'(project) {
    const { sql, call } = project
    await sql(IN_ROW)
    await writer(project)(inRow(1), mails(['idn_a', 'a']))
    expect(await call('clerk_sync_write', inRow(2))).toBe('updated')
    expect(await call('clerk_sync_write', inRow(3), 'null')).toBe('updated')
    expect(await stored(project)).toEqual({ mails: ['idn_a a'], phones: [] })
  },
  async 'another address becomes the one primary that a unique index allows'(project) {
    const { sql } = project
    await sql(IN_ROW)
    const write = writer(project)
    await write(inRow(1), mails(['idn_b', 'b'], ['idn_a', 'a', true]))
    expect(await write(inRow(2), mails(['idn_a', 'a'], ['idn_b', 'b', true]))).toBe('updated')
    expect(await sql('select id from mails where is_primary')).toEqual([{ id: 'idn_b' }])
    expect(await write(inRow(3), mails(['idn_c', 'c', true]))).toBe('updated')
    expect(await sql('select id from mails where is_primary')).toEqual([{ id: 'idn_c' }])
  },
  async 'an erasing delete leaves none, also with the version beside'(project) {
    const { sql } = project
    for (const [ddl, created, erased] of [
      [IN_ROW, inRow(1), inRow(2, deleted, 'erase')],
      [BESIDE, beside(1), beside(2, 'erase', { deletedAt: new Date(1) })],
    ] as const) {
      await sql(`savepoint empty; ${ddl}`)
      const write = writer(project)
      await write(created, mails(['idn_a', 'a']), phones('idn_b'))
      expect(await stored(project)).toEqual({ mails: ['idn_a a'], phones: ['idn_b'] })
      expect(await write(erased, ...NONE)).toBe('deleted')
      expect(await stored(project)).toEqual({ mails: [], phones: [] })
      expect(await others(project)).toEqual(OTHERS)
      await sql('rollback to savepoint empty')
    }
  },
  async 'with the version beside, they are written where it is raised, and go before their row'(project) {
    const { sql } = project
    await sql(BESIDE)
    const write = writer(project)
    expect(await write(beside(2), mails(['idn_a', 'a']))).toBe('created')
    for (const version of [1, 2]) expect(['stale', 'unchanged']).toContain(await write(beside(version), ...NONE))
    expect(await write(beside(3), mails(['idn_b', 'b']))).toBe('updated')
    expect(await stored(project)).toEqual({ mails: ['idn_b b'], phones: [] })
    expect(await write(beside(2, 'remove'), mails())).toBe('stale')
    expect((await stored(project)).mails).toEqual(['idn_b b'])
    // Whatever it says of them.
    expect(await write(beside(4, 'remove'), mails(['idn_b', 'b']))).toBe('deleted')
    expect(await sql("select id from people where id = 'user_1'")).toEqual([])
    expect(await others(project)).toEqual(OTHERS)
  },
  async 'they go before the row that goes with what it refers to'(project) {
    const { sql, call } = project
    await sql(`create table teams (id text primary key); ${IN_ROW};
      alter table people add team text references teams on delete cascade;
      insert into clerk_versions values ('teams', 'org_1', '${v(9)}', 'epoch')`)
    const write = writer(project)
    const owners = { versions: 'clerk_versions', keys: { teams: 'id' } }
    const left = (version: number) => ({ ...inRow(version, { team: 'org_1' }), owners })
    await write(inRow(2), mails(['idn_a', 'a']))
    expect(await write(left(1), mails())).toBe('stale')
    expect((await stored(project)).mails).toEqual(['idn_a a'])
    expect(await write(left(3), mails(['idn_b', 'b']))).toBe('owner_deleted')
    expect(await sql('select id from people')).toEqual([{ id: 'user_2' }])

    await write(inRow(4), mails(['idn_a', 'a']))
    const replacing = { ...left(5), expected: v(4), deletedBefore: null, live: false }
    const replace = (change: object) => call('clerk_sync_replace', change, JSON.stringify([mails(['idn_b', 'b'])]))
    expect(await replace({ ...replacing, expected: v(3) })).toEqual({ version: v(4), deleted: false })
    expect((await stored(project)).mails).toEqual(['idn_a a'])
    await sql(`create function public.hold() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger hold before delete on people for each row execute function public.hold()`)
    expect(await replace(replacing)).toBe('CS001')
    expect((await stored(project)).mails).toEqual(['idn_a a'])
    await sql('drop trigger hold on people; drop function public.hold()')
    expect(await replace(replacing)).toEqual({ ownerDeleted: true })
    expect(await others(project)).toEqual(OTHERS)
    // A row that refers to a live one is written, with its parts.
    await sql("insert into teams values ('org_1')")
    expect(await write(left(6), mails(['idn_c', 'c']))).toBe('created')
    expect((await stored(project)).mails).toEqual(['idn_c c'])
  },
  async 'what replaces a row of a certain version writes its parts, and only then'(project) {
    const { sql, call } = project
    await sql(IN_ROW)
    await writer(project)(inRow(1), mails(['idn_a', 'a']))
    const replace = (expected: number, version: number) =>
      call(
        'clerk_sync_replace',
        { ...inRow(version), expected: v(expected), deletedBefore: null, live: false },
        JSON.stringify([mails(['idn_b', 'b'])]),
      )
    expect(await replace(2, 3)).toEqual({ version: v(1), deleted: false })
    expect((await stored(project)).mails).toEqual(['idn_a a'])
    for (const when of ['before', 'after']) {
      await sql(`create function public.hold() returns trigger language plpgsql as $$ begin
          if tg_when = 'AFTER' then update people set clerk_version = old.clerk_version where id = old.id; end if;
          return null;
        end $$;
        create trigger hold ${when} update on people for each row when (new.clerk_version > old.clerk_version)
          execute function public.hold()`)
      expect([when, await replace(1, 3)]).toEqual([
        when,
        when === 'before' ? { version: v(1), deleted: false } : 'CS001',
      ])
      expect((await stored(project)).mails).toEqual(['idn_a a'])
      await sql('drop trigger hold on people; drop function public.hold()')
    }
    // A part takes the row back.
    await sql(
      trigger('after insert', `update people set clerk_version = '${v(1)}' where id = new.user_id; return null;`),
    )
    expect(await replace(1, 3)).toBe('CS001')
    expect((await stored(project)).mails).toEqual(['idn_a a'])
    await sql(UNTRIGGER)
    expect(await replace(1, 3)).toEqual({ version: v(3), deleted: false })
    expect((await stored(project)).mails).toEqual(['idn_b b'])
    // It holds the change already: another call has written its parts.
    await sql("delete from mails where user_id = 'user_1'")
    expect(await replace(1, 3)).toEqual({ version: v(3), deleted: false })
    expect((await stored(project)).mails).toEqual([])
    expect(await others(project)).toEqual(OTHERS)
  },
  async 'each change of a batch has its own, and so has one with a message'(project) {
    const { sql, call } = project
    await sql(`${IN_ROW}; create unique index on mails (address)`)
    const of = (id: string, address: string) => {
      const { rows, ...table } = mails([`idn_${id}`, address])
      return [{ ...table, rows: rows.map((row) => ({ ...row, user_id: id })) }]
    }
    const people = ['user_3', 'user_4', 'user_5']
    const changes = people.map((id) => inRow(1, { id }))
    const lists = [of('user_3', 'three'), of('user_4', 'two'), null]
    expect(await call('clerk_sync_write_many', JSON.stringify(changes), JSON.stringify(lists))).toEqual([
      'created',
      expect.objectContaining({ code: '23505' }),
      'created',
    ])
    expect(await sql("select user_id, address from mails where user_id <> 'user_2'")).toEqual([
      { user_id: 'user_3', address: 'three' },
    ])
    expect(await sql('select id from people order by id')).toEqual(['user_2', 'user_3', 'user_5'].map((id) => ({ id })))
    const once = ['clerk_sync_write_once', 'clerk_events', 'msg_1', inRow(1)] as const
    expect(await call(...once, JSON.stringify([mails(['idn_a', 'a'])]))).toBe('created')
    expect((await stored(project)).mails).toEqual(['idn_a a'])
  },
  async 'a part that is not kept as it was written fails, and the row with it'(project) {
    const { sql } = project
    await sql(IN_ROW)
    const write = writer(project)
    await write(inRow(1), mails(['idn_a', 'a'], ['idn_b', 'b']))
    const before = await stored(project)
    const deferred = 'deferrable initially deferred'
    for (const [when, body, more] of [
      ['before insert', 'return null;', ''],
      ['before update', 'return null;', ''],
      ['before delete', 'return null;', ''],
      ['after insert', 'delete from mails where id = new.id; return null;', ''],
      ['after insert', 'delete from mails where id = new.id; return null;', deferred],
      ['after delete', "insert into mails (user_id, id) values (old.user_id, 'idn_x'); return null;", deferred],
      ['before insert', "new.user_id := 'user_2'; return new;", ''],
    ] as const) {
      await sql(trigger(when, body, more))
      expect([when, await write(inRow(2), mails(['idn_a', 'new'], ['idn_c', 'c']))]).toEqual([when, 'CS001'])
      expect(await stored(project)).toEqual(before)
      await sql(UNTRIGGER)
    }
    expect(await write(inRow(2), mails(['idn_a', 'new'], ['idn_c', 'c']))).toBe('updated')
    expect((await stored(project)).mails).toEqual(['idn_a new', 'idn_c c'])
  },
  async 'what only one of the tables has lost fails as well'(project) {
    const { sql } = project
    await sql(IN_ROW)
    await sql(trigger('before insert', 'return null;'))
    const write = writer(project)
    expect(await write(inRow(1), mails(['idn_a', 'a']), phones('idn_b'))).toBe('CS001')
    expect(await write(inRow(1), phones('idn_b'), mails(['idn_a', 'a']))).toBe('CS001')
  },
  async 'a key that ignores case gives nobody the part of another'(project) {
    const { sql } = project
    await sql(`create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ${IN_ROW};
      alter table mails alter column user_id type text collate nocase, drop constraint mails_user_id_fkey;
      insert into mails (user_id, id, address) values ('USER_1', 'idn_z', 'upper')`)
    const write = writer(project)
    expect(await write(inRow(1), mails(['idn_a', 'a']))).toBe('created')
    expect(await write(inRow(2), mails(['idn_z', 'z']))).toBe('CS001')
    expect(
      await sql('select user_id collate "C" as user_id, id, address from mails where id <> \'idn_a\' order by id'),
    ).toEqual([{ user_id: 'USER_1', id: 'idn_z', address: 'upper' }])
    expect(await write(inRow(3), mails())).toBe('updated')
    expect(await sql("select id from mails where address = 'upper'")).toEqual([{ id: 'idn_z' }])
  },
  async 'only a table with the columns of the key takes parts'(project) {
    await project.sql(IN_ROW)
    const write = writer(project)
    expect(await write(inRow(1), { ...mails(['idn_a', 'a']), owner: 'nobody' })).toBe('42703')
    expect(await write(inRow(1), { ...mails(['idn_a', 'a']), key: 'nothing' })).toBe('42703')
    expect(await write(inRow(1), { ...mails(['idn_a', 'a']), table: 'nowhere' })).toBe('42P01')
    expect(await project.sql('select id from people')).toEqual([{ id: 'user_2' }])
  },
  async 'the triggers of parts run under the search path of the caller'(project) {
    const { sql } = project
    await sql(`${IN_ROW}; create function extensions.helper() returns text language sql as $$ select 'helped' $$`)
    await sql(trigger('before insert or delete', 'perform helper(); return coalesce(new, old);'))
    const write = writer(project)
    expect(await write(inRow(1), mails(['idn_a', 'a']))).toBe('created')
    expect(await write(inRow(2), mails())).toBe('updated')
  },
  async 'a tombstone that is pruned takes the parts that it has kept with it'(project) {
    const { sql, call } = project
    await sql(IN_ROW)
    const write = writer(project)
    await write(inRow(1), mails(['idn_a', 'a']), phones('idn_b'))
    const tables = NONE.map(({ rows: _, ...table }) => table)
    const prune = () =>
      call(
        'clerk_sync_prune_tombstones',
        { table: 'people', key: 'id' },
        '{user_1,user_2}',
        new Date(10_000).toISOString(),
        JSON.stringify(tables),
      )
    expect(await prune()).toBe('0')
    expect(await stored(project)).toEqual({ mails: ['idn_a a'], phones: ['idn_b'] })
    await sql("update people set deleted_at = to_timestamp(9) where id = 'user_1'")
    expect(await prune()).toBe('1')
    expect(await stored(project)).toEqual({ mails: [], phones: [] })
    expect(await others(project)).toEqual(OTHERS)
  },
  async 'a user refers to one of them by a key that is checked at the end, and each has the other'(project) {
    const { sql, call } = project
    const tables = NONE.map(({ rows: _, ...table }) => table)
    const refer = `alter table people add primary_id text,
      add foreign key (id, primary_id) references mails (user_id, id) deferrable initially deferred`
    const TEAMS = `create table teams (id text primary key); insert into clerk_versions values ('teams', 'org_1', '${v(9)}', 'epoch')`
    const owners = { versions: 'clerk_versions', keys: { teams: 'id' } }
    const of = (id: string, part: string) => {
      const { rows, ...table } = mails([part, part])
      return { ...table, rows: rows.map((row) => ({ ...row, user_id: id })) }
    }
    const write = writer(project)
    const write1 = (version: number, part: string) => write(inRow(version, { primary_id: part }), mails([part, part]))
    const again = () => sql('set constraints all deferred')

    await sql(
      `savepoint empty; ${TEAMS}; ${IN_ROW}; ${refer}; alter table people add team text references teams on delete cascade`,
    )
    await again()
    expect(await write1(1, 'idn_a')).toBe('created')
    await again()
    expect(await write1(2, 'idn_b')).toBe('updated')
    await again()
    const change = { ...inRow(3, { primary_id: 'idn_c' }), expected: v(2), deletedBefore: null, live: false }
    const replaced = await call('clerk_sync_replace', change, JSON.stringify([mails(['idn_c', 'c'])]))
    expect(replaced).toEqual({ version: v(3), deleted: false })
    await again()
    const changes = ['user_3', 'user_4'].map((id) => inRow(1, { id, primary_id: 'idn_z' }))
    const lists = ['user_3', 'user_4'].map((id) => [of(id, 'idn_z')])
    const many = await call('clerk_sync_write_many', JSON.stringify(changes), JSON.stringify(lists))
    expect(many).toEqual(['created', 'created'])
    await again()
    await sql("update people set deleted_at = to_timestamp(9) where id = 'user_3'")
    const which = { table: 'people', key: 'id' }
    const before = new Date(10_000).toISOString()
    expect(await call('clerk_sync_prune_tombstones', which, '{user_3}', before, JSON.stringify(tables))).toBe('1')
    await again()
    const left = { ...inRow(4, { team: 'org_1' }), owners }
    expect(
      await call(
        'clerk_sync_replace',
        { ...left, expected: v(3), deletedBefore: null, live: false },
        JSON.stringify([mails()]),
      ),
    ).toEqual({ ownerDeleted: true })
    await again()
    expect(await write1(5, 'idn_a')).toBe('created')
    await again()
    expect(await write({ ...left, row: { ...left.row, clerk_version: v(6) } }, mails())).toBe('owner_deleted')
    expect(await sql('select id from people order by id')).toEqual([{ id: 'user_2' }, { id: 'user_4' }])
    await sql(`rollback to savepoint empty; ${BESIDE}; ${refer}`)
    await again()
    expect(
      await write(beside(1, 'upsert', { row: { id: 'user_1', primary_id: 'idn_a' } }), mails(['idn_a', 'a'])),
    ).toBe('created')
    await again()
    expect(await write(beside(2, 'remove'), mails())).toBe('deleted')
    expect(await others(project)).toEqual(OTHERS)
  },
  async 'of all tables, those that are gone go first'(project) {
    const { sql } = project
    await sql(`${IN_ROW}; create table steps (n serial, step text); grant all on sequence steps_n_seq to service_role;
      create function public.note() returns trigger language plpgsql as $$ begin
        insert into public.steps (step) values (tg_op || ' ' || tg_table_name); return null; end $$;
      create trigger note after insert or delete on mails for each row execute function public.note();
      create trigger note after insert or delete on phones for each row execute function public.note()`)
    const write = writer(project)
    await write(inRow(1), mails(['idn_a', 'a']), phones('idn_b'))
    await sql('delete from steps')
    await write(inRow(2), mails(['idn_c', 'c']), phones('idn_d'))
    const steps = (await sql('select step from steps order by n')).map(({ step }) => step)
    expect(steps).toEqual(['DELETE mails', 'DELETE phones', 'INSERT mails', 'INSERT phones'])
  },
  async 'what a trigger brings back at the end fails where the row goes, or has its version beside'(project) {
    const { sql, call } = project
    const refill = (
      when: string,
      body: string,
    ) => `create function public.refill() returns trigger language plpgsql as $$
      begin ${body} return null; end $$;
      create constraint trigger refill after ${when} on phones deferrable initially deferred
        for each row execute function public.refill(); set constraints all deferred`
    const back = refill('delete', 'insert into phones values (old.person, old.number_id);')
    const owners = { versions: 'clerk_versions', keys: { teams: 'id' } }
    const TEAMS = `create table teams (id text primary key); insert into clerk_versions values ('teams', 'org_1', '${v(9)}', 'epoch')`
    const write = writer(project)

    await sql(
      `savepoint empty; ${TEAMS}; ${IN_ROW}; alter table people add team text references teams on delete cascade`,
    )
    await write(inRow(1), phones('idn_a'))
    await sql(`update people set deleted_at = to_timestamp(9) where id = 'user_1'; ${back}`)
    const { rows: _, ...table } = phones()
    const before = new Date(10_000).toISOString()
    const pruned = await call(
      'clerk_sync_prune_tombstones',
      { table: 'people', key: 'id' },
      '{user_1}',
      before,
      JSON.stringify([table]),
    )
    expect(pruned).toBe('CS001')
    const left = { ...inRow(4, { team: 'org_1' }), owners }
    expect(await write(left, phones())).toBe('CS001')
    const replacing = { ...left, expected: v(1), deletedBefore: null, live: false }
    expect(await call('clerk_sync_replace', replacing, JSON.stringify([phones()]))).toBe('CS001')
    const replaced = { ...inRow(4), expected: v(1), deletedBefore: null, live: false }
    expect(await call('clerk_sync_replace', replaced, JSON.stringify([phones()]))).toBe('CS001')
    expect((await stored(project)).phones).toEqual(['idn_a'])
    await sql(`rollback to savepoint empty; ${BESIDE}`)
    await write(beside(1), phones('idn_a'))
    await sql(back)
    expect(await write(beside(2), phones())).toBe('CS001')
    expect(await write(beside(2, 'remove'), phones())).toBe('CS001')
    expect((await stored(project)).phones).toEqual(['idn_a'])
  },
  async 'they are found by their owners'(project) {
    const { sql, call } = project
    await sql(IN_ROW)
    await writer(project)(inRow(1), mails(['idn_a', 'a', true]))
    const found = (...owners: readonly string[]) => call('clerk_sync_find_parts', 'mails', 'user_id', owners)
    expect(await found('user_1', 'user_3')).toEqual([
      { user_id: 'user_1', id: 'idn_a', address: 'a', is_primary: true, note: 'own' },
    ])
    expect(await found('user_3')).toEqual([])
    await sql("create table odd (user_id text, t text); insert into odd values ('user_1', 'x')")
    expect(await call('clerk_sync_find_parts', 'odd', 'user_id', ['user_1'])).toEqual([{ user_id: 'user_1', t: 'x' }])
    expect(await call('clerk_sync_find_parts', 'mails', 'nobody', ['user_1'])).toBe('42703')
  },
}
