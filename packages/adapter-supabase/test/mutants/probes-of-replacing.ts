import { expect } from 'vitest'
import type { Project } from './database.ts'

const COLUMNS = `email text, plan plan_name default 'free', clerk_version text default '0', deleted_at timestamptz(3)`
const PEOPLE = `create domain plan_name as text not null; create table people (id text primary key, ${COLUMNS});
  create table keyed (id text primary key default 'own', clerk_id text unique, ${COLUMNS});
  insert into people (id, email, plan, clerk_version) values ('user_1', 'a', 'pro', '1'), ('user_2', 'b', 'pro', '1')`

const replacing = (row: object, more: object = {}, table = 'people', key = 'id') => ({
  table,
  key,
  row: { [key]: 'user_1', ...row },
  expected: '1',
  deletedBefore: null,
  live: false,
  ...more,
})
const people = ({ sql }: Project) => sql('select id, email, plan, clerk_version, deleted_at from people order by id')
const other = { id: 'user_2', email: 'b', plan: 'pro', clerk_version: '1', deleted_at: null }
const at = (ms: number) => new Date(ms)

export const probesOfReplacing: Record<string, (project: Project) => Promise<void>> = {
  async 'a row of the expected version is replaced, and no other'(project) {
    const { sql, call } = project
    await sql(PEOPLE)
    const replace = (...given: Parameters<typeof replacing>) => call('clerk_sync_replace', replacing(...given))
    expect(await replace({ email: 'x', clerk_version: '3' }, { expected: '2' })).toEqual({
      version: '1',
      deleted: false,
    })
    expect(await replace({ email: 'c', plan: null, clerk_version: '2' })).toEqual({ version: '2', deleted: false })
    expect(await people(project)).toEqual([
      { id: 'user_1', email: 'c', plan: 'free', clerk_version: '2', deleted_at: null },
      other,
    ])
    expect(await replace({ id: 'user_3', clerk_version: '2' })).toBeNull()
  },
  async 'what a deferred trigger takes back fails'(project) {
    const { sql, call } = project
    await sql(`${PEOPLE};
      create function public.take_back() returns trigger language plpgsql as $$ begin
        update public.people set clerk_version = old.clerk_version where id = new.id and clerk_version <> old.clerk_version;
        return null;
      end $$;
      create constraint trigger take_back after update on people deferrable initially deferred
        for each row when (new.clerk_version > old.clerk_version) execute function public.take_back();
      set constraints all deferred`)
    expect(await call('clerk_sync_replace', replacing({ clerk_version: '2' }))).toBe('CS001')
  },
  async 'a key of another name is found by it'({ sql, call }) {
    await sql(`${PEOPLE}; insert into keyed (clerk_id, email, clerk_version) values ('user_1', 'a', '1')`)
    const found = await call(
      'clerk_sync_replace',
      replacing({ email: null, clerk_version: '2' }, {}, 'keyed', 'clerk_id'),
    )
    expect(found).toEqual({ version: '2', deleted: false })
    expect(await sql('select id, clerk_id, email, clerk_version from keyed')).toEqual([
      { id: 'own', clerk_id: 'user_1', email: null, clerk_version: '2' },
    ])
  },
  async 'a tombstone is replaced where it is old enough, and not where it must be none'(project) {
    const { sql, call } = project
    await sql(PEOPLE)
    const replace = (...given: Parameters<typeof replacing>) => call('clerk_sync_replace', replacing(...given))
    const gone = { version: '2', deleted: true }
    expect(await replace({ clerk_version: '2', deleted_at: at(5000) }, { live: true })).toEqual(gone)
    const onlyIf = (more: object) => replace({ clerk_version: '3', deleted_at: null }, { expected: '2', ...more })
    expect(await onlyIf({ live: true })).toEqual(gone)
    expect(await onlyIf({ deletedBefore: at(5000) })).toEqual(gone)
    expect(await onlyIf({ deletedBefore: at(6000) })).toEqual({ version: '3', deleted: false })
    expect(await replace({ clerk_version: '4', deleted_at: at(1) }, { expected: '3' })).toEqual({
      version: '4',
      deleted: true,
    })
    expect(await people(project)).toEqual([
      { ...other, id: 'user_1', email: 'a', clerk_version: '4', deleted_at: at(1) },
      other,
    ])
  },
  async 'a replacement is for a table with the columns alone'({ sql, call }) {
    for (const column of ['clerk_version', 'deleted_at', 'id']) {
      await sql(`${PEOPLE}; alter table people drop column ${column}`)
      expect(await call('clerk_sync_replace', replacing({ email: 'x' }))).toBe('42703')
      await sql('drop table people, keyed; drop domain plan_name')
    }
  },
  async 'triggers on a replacement run under the search path of the caller'({ sql, call }) {
    await sql(`${PEOPLE}; create function extensions.helper() returns text language sql as $$ select 'helped' $$`)
    await sql(`create function public.meddle() returns trigger language plpgsql as $$ begin
      perform helper(); return new; end $$;
      create trigger meddle before update on people for each row execute function public.meddle()`)
    expect(await call('clerk_sync_replace', replacing({ clerk_version: '2' }))).toEqual({
      version: '2',
      deleted: false,
    })
  },
}
