import { expect } from 'vitest'
import type { Project } from './database.ts'

const BEFORE = new Date(10_000).toISOString()
const KEYS = '{old,at,younger,alive,own,there}'

const prune = ({ call }: Project, which: object, keys = KEYS) =>
  call('clerk_sync_prune_tombstones', { key: 'id', ...which }, keys, BEFORE)

const rowsOf = async ({ sql }: Project, table: string) =>
  (await sql(`select id from ${table} order by id`)).map(({ id }) => id)

/** Deleted long ago, at the very time, and later; alive; and what the call does not name. */
const TOMBSTONES = `('old', '1', to_timestamp(9)), ('at', '1', to_timestamp(10)), ('younger', '1', to_timestamp(11)),
  ('alive', '1', null), ('own', '0', to_timestamp(9)), ('unnamed', '1', to_timestamp(9))`

const PEOPLE = `create table people (id text primary key, clerk_version text not null default '0', deleted_at timestamptz);
  insert into people values ${TOMBSTONES}`

const BESIDE = `create table people (id text primary key); insert into people values ('there'), ('alive');
  insert into clerk_versions (id, version, deleted_at, table_name)
    select t.*, 'people' from (values ${TOMBSTONES}, ('there', '1', to_timestamp(9))) as t;
  insert into clerk_versions (table_name, id, version, deleted_at) values ('others', 'old', '1', to_timestamp(9))`

const besidePeople = { table: 'people', versions: 'clerk_versions' }

export const probesOfPruning: Record<string, (project: Project) => Promise<void>> = {
  async 'old tombstones in rows are removed, and nothing else'(project) {
    await project.sql(PEOPLE)
    expect(await prune(project, { table: 'people' })).toBe('1')
    expect(await rowsOf(project, 'people')).toEqual(['alive', 'at', 'own', 'unnamed', 'younger'])
    expect(await prune(project, { table: 'people' }, '{unnamed,own}')).toBe('1')
    expect(await rowsOf(project, 'people')).toEqual(['alive', 'at', 'own', 'younger'])
  },
  async 'old tombstones beside are removed, and not that of a row that is there, nor of another table'(project) {
    await project.sql(BESIDE)
    expect(await prune(project, besidePeople)).toBe('2')
    const left = await project.sql('select table_name, id from clerk_versions order by table_name, id')
    expect(left.map(({ table_name, id }) => `${table_name} ${id}`)).toEqual([
      'others old',
      ...['alive', 'at', 'there', 'unnamed', 'younger'].map((id) => `people ${id}`),
    ])
    expect(await rowsOf(project, 'people')).toEqual(['alive', 'there'])
  },
  async 'a table with sync columns has no tombstones beside, and one without has none in its rows'(project) {
    await project.sql(PEOPLE)
    expect(await prune(project, besidePeople)).toBe('CS002')
    await project.sql('alter table people drop column clerk_version, drop column deleted_at')
    expect(await prune(project, { table: 'people' })).toBe('42703')
    expect(await rowsOf(project, 'people')).toHaveLength(6)
  },
  async 'the triggers of what is removed run under the search path of the caller'(project) {
    const { sql } = project
    await sql(`${PEOPLE};
      create function extensions.helper() returns text language sql as $$ select 'helped' $$;
      create function public.meddle() returns trigger language plpgsql as $$ begin perform helper(); return old; end $$;
      create trigger meddle before delete on people for each row execute function public.meddle()`)
    expect(await prune(project, { table: 'people' })).toBe('1')
  },
  async 'the messages that prune would remove are counted'({ sql, call }) {
    await sql(
      "insert into clerk_events select 'msg_' || n, 't', null, now(), to_timestamp(n) from generate_series(9, 12) as n",
    )
    expect(await call('clerk_sync_count_events', 'clerk_events', BEFORE)).toBe('1')
  },
}
