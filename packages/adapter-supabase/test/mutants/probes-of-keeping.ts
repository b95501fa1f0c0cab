import { expect } from 'vitest'
import type { Project } from './database.ts'

/** The order of a snapshot, and the version of a tombstone that keeps one. */
const v = (n: number) => `${n}`.padStart(33, '0')
const kept = (n: number) => `8${v(n)}`

const PEOPLE = `create table people (id text primary key, email text);
  insert into people values ('user_1', 'a'), ('user_2', 'b');
  insert into clerk_versions (table_name, id, version) values
    ('people', 'user_1', '${v(1)}'), ('people', 'user_2', '${v(1)}'), ('others', 'user_1', '${v(1)}')`

const change = (mode: string, version: string, expected: string, more: object = {}) => ({
  table: 'people',
  key: 'id',
  mode,
  row: { id: 'user_1' },
  versions: 'clerk_versions',
  version,
  expected,
  ...more,
})
const keep = (version: string, expected: string, deletedAt: number | null, more: object = {}) =>
  change('keep', version, expected, { deletedAt: deletedAt && new Date(deletedAt), ...more })
/** What a late snapshot fills in. */
const fill = (version: string, expected: string, more: object = {}) =>
  change('fill', version, expected, { row: { id: 'user_1', email: 'late' }, ...more })

const writer =
  ({ call }: Project) =>
  (sent: object) =>
    call('clerk_sync_write', sent)
const stored = async ({ sql }: Project, id = 'user_1') =>
  await sql(`select v.version, v.deleted_at, p.email from clerk_versions as v left join people as p using (id)
    where table_name = 'people' and id = '${id}'`)
const tombstone = (version: string, deletedAt: number | null, email: string | null = 'a') => [
  { version, deleted_at: deletedAt === null ? null : new Date(deletedAt), email },
]

const meddle = (body: string, more = '') =>
  `create function public.meddle() returns trigger language plpgsql as $$ begin ${body} end $$;
   create ${more && 'constraint'} trigger meddle ${more ? 'after' : 'before'} insert or update on clerk_versions ${more}
     for each row execute function public.meddle();
   set constraints all deferred`

export const probesOfKeeping: Record<string, (project: Project) => Promise<void>> = {
  async 'a kept row gets its tombstone beside, in place of the version that is expected and of no other'(project) {
    const write = writer(project)
    await project.sql(PEOPLE)
    expect([await write(keep(kept(2), v(2), 5)), await write(keep(kept(2), '-', 5))]).toEqual(['stale', 'stale'])
    expect(await stored(project)).toEqual(tombstone(v(1), null))
    expect(await write(keep(kept(1), v(1), 5))).toBe('deleted')
    expect(await stored(project)).toEqual(tombstone(kept(1), 5))
    // The same mark takes a later time alone.
    expect([await write(keep(kept(1), kept(1), 5)), await write(keep(kept(1), kept(1), 4))]).toEqual(['stale', 'stale'])
    expect(await stored(project)).toEqual(tombstone(kept(1), 5))
    expect(await write(keep(kept(1), kept(1), 7))).toBe('deleted')
    expect(await stored(project)).toEqual(tombstone(kept(1), 7))
    // The order of snapshots alone, of a row that something else has deleted; and a time that is earlier.
    expect(await write(keep(kept(3), kept(1), null))).toBe('deleted')
    expect(await stored(project)).toEqual(tombstone(kept(3), 7))
    expect(await write(keep(kept(4), kept(3), 6))).toBe('deleted')
    expect(await stored(project)).toEqual(tombstone(kept(4), 6))
    expect(await stored(project, 'user_2')).toEqual(tombstone(v(1), null, 'b'))
    expect(await project.sql("select version from clerk_versions where table_name = 'others'")).toEqual([
      { version: v(1) },
    ])
  },
  async 'a kept row that no event has reached gets one as well'(project) {
    const write = writer(project)
    await project.sql(`${PEOPLE}; delete from clerk_versions where id = 'user_1' and table_name = 'people'`)
    expect(await write(keep(kept(0), v(1), 5))).toBe('stale')
    expect(await stored(project)).toEqual([])
    expect(await write(keep(kept(0), '-', 5))).toBe('deleted')
    expect(await stored(project)).toEqual(tombstone(kept(0), 5))
    expect(await write(keep(kept(9), '-', 6))).toBe('stale')
    expect(await stored(project)).toEqual(tombstone(kept(0), 5))
  },
  async 'a tombstone that is not kept is an error'(project) {
    const write = writer(project)
    await project.sql(PEOPLE)
    for (const [body, more] of [
      ['return null;', ''],
      ["new.version := '5'; return new;", ''],
      [
        "if pg_trigger_depth() = 1 then update clerk_versions set version = '5' where id = new.id; end if; return null;",
        'deferrable initially deferred',
      ],
      ['delete from clerk_versions where id = new.id; return null;', 'deferrable initially deferred'],
    ] as const) {
      await project.sql(`savepoint before; ${meddle(body, more)}`)
      expect([body, await write(keep(kept(1), v(1), 5))]).toEqual([body, 'CS001'])
      expect(await stored(project)).toEqual(tombstone(v(1), null))
      await project.sql("delete from clerk_versions where id = 'user_1' and table_name = 'people'")
      expect([body, await write(keep(kept(0), '-', 5))]).toEqual([body, 'CS001'])
      await project.sql('rollback to savepoint before')
    }
    await write(keep(kept(1), v(1), 5))
    await project.sql(meddle('return null;'))
    expect([await write(keep(kept(1), kept(1), 6)), await write(keep(kept(1), kept(1), 5))]).toEqual([
      ...['CS001', 'stale'],
    ])
    expect([await write(keep(kept(2), kept(1), null)), await write(keep(kept(2), v(1), 9))]).toEqual(['CS001', 'stale'])
  },
  async 'a late snapshot fills a kept row in, and leaves its tombstone'(project) {
    const write = writer(project)
    await project.sql(PEOPLE)
    await write(keep(kept(1), v(1), 5))
    expect(await write(fill(kept(3), kept(2)))).toBe('already_deleted')
    expect(await stored(project)).toEqual(tombstone(kept(1), 5))
    expect(await write(fill(kept(3), kept(1)))).toBe('updated')
    expect(await stored(project)).toEqual(tombstone(kept(3), 5, 'late'))
    // A snapshot that proves a read wrong.
    expect(await write(fill(v(4), kept(3), { mode: 'upsert' }))).toBe('updated')
    expect(await stored(project)).toEqual(tombstone(v(4), null, 'late'))
  },
  async 'what expects a version and loses its raise is an error, and leaves the version as it was'(project) {
    const write = writer(project)
    await project.sql(PEOPLE)
    await write(keep(kept(1), v(1), 5))
    const erased = (id: string) => change('erase', kept(0), '-', { row: { id, email: null }, deletedAt: new Date(5) })
    for (const dropped of ['INSERT', 'UPDATE']) {
      await project.sql(`savepoint before; ${meddle(`if tg_op = '${dropped}' then return null; end if; return new;`)}`)
      expect([dropped, await write(fill(kept(3), kept(1)))]).toEqual([dropped, 'CS001'])
      expect(await stored(project)).toEqual(tombstone(kept(1), 5))
      expect([dropped, await write(fill(kept(3), kept(2)))]).toEqual([dropped, 'already_deleted'])
      const isDropped = dropped === 'INSERT'
      expect([await write(erased('user_new')), await write(erased('user_2'))]).toEqual([
        isDropped ? 'CS001' : 'deleted',
        'stale',
      ])
      expect(await stored(project, 'user_new')).toEqual(isDropped ? [] : tombstone(kept(0), 5, null))
      await project.sql('rollback to savepoint before')
    }
  },
  async 'a kept delete of an id never seen inserts a row, and replaces no version'(project) {
    const write = writer(project)
    await project.sql(PEOPLE)
    const erase = (id: string) =>
      write(change('erase', kept(0), '-', { row: { id, email: null }, deletedAt: new Date(5) }))
    expect([await erase('user_1'), await erase('user_new')]).toEqual(['stale', 'deleted'])
    expect(await stored(project)).toEqual(tombstone(v(1), null))
    expect(await stored(project, 'user_new')).toEqual(tombstone(kept(0), 5, null))
    expect(await project.sql("select id from people where id = 'user_new'")).toEqual([{ id: 'user_new' }])
  },
  async 'only what has its versions beside is kept so'(project) {
    const write = writer(project)
    await project.sql(`${PEOPLE}; create table notes (id text primary key, clerk_version text)`)
    expect(await write(keep(kept(1), v(1), 5, { table: 'notes' }))).toBe('CS002')
    expect(await write(keep(kept(1), v(1), 5, { versions: 'nothing' }))).toBe('42P01')
    expect(await write(keep(kept(1), v(1), 5, { key: 'nothing' }))).toBe('42703')
    await project.sql(`create function moved() returns trigger language plpgsql security definer as $$ begin
      alter table public.people add column clerk_version text; return new; end $$;
      create trigger moved before update on clerk_versions for each row execute function moved()`)
    expect(await write(keep(kept(1), v(1), 5))).toBe('CS002')
    expect(await stored(project)).toEqual(tombstone(v(1), null))
  },
  async 'triggers on versions run under the search path of the caller'({ sql, call }) {
    await sql(`${PEOPLE}; create function extensions.helper() returns text language sql as $$ select 'helped' $$`)
    await sql(meddle('perform helper(); return new;'))
    expect(await call('clerk_sync_write', keep(kept(1), v(1), 5))).toBe('deleted')
  },
}
