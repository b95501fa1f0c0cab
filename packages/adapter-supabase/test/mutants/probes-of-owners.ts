import { expect } from 'vitest'
import type { Project } from './database.ts'

/** Of a removal at this time, or of another event: 13 digits of a snapshot's time, 13 of the event's, and 7 more. */
const versionAt = (time: number, of = '9999999999999') => `${of}${`${time}`.padStart(13, '0')}2000000`

/** Ada was removed at 5000, Bob is there; both were written once. */
const PEOPLE = `create table people (id text primary key, email text unique);
  create table teams (clerk_id text unique, id text primary key default 'own');
  insert into people (id) values ('user_bob');
  insert into clerk_versions (table_name, id, version, deleted_at) values
    ('people', 'user_ada', '${versionAt(5000)}', 'epoch'), ('people', 'user_bob', '${versionAt(1000, '0000000000001')}', null),
    ('people', 'user_reset', '0', null), ('teams', 'org_gone', '${versionAt(3000)}', 'epoch'),
    ('teams', 'user_early', '${versionAt(3000)}', 'epoch')`
const OWNERS = { versions: 'clerk_versions', keys: { people: 'id', teams: 'clerk_id' } }

const links = (columns: string) => `${PEOPLE}; create table links (id text primary key, name text, ${columns})`
const change = (version: number, row: object, more: object = {}) => ({
  table: 'links',
  key: 'id',
  mode: 'upsert',
  versions: 'clerk_versions',
  version: versionAt(version, '0000000000007'),
  row: { id: 'link_1', ...row },
  owners: OWNERS,
  ...more,
})
const ADA = { name: 'new', owner: 'user_ada' }

const stored = async ({ sql }: Project) => ({
  rows: await sql('select * from links order by id'),
  versions: await sql("select version, deleted_at from clerk_versions where table_name = 'links' order by id"),
})
const nothing = (version: number, deletedAt: number) => ({
  rows: [],
  versions: [{ version: versionAt(version, '0000000000007'), deleted_at: new Date(deletedAt) }],
})
const row = (version: number, values: object) => ({
  rows: [{ id: 'link_1', name: 'new', ...values }],
  versions: [{ version: versionAt(version, '0000000000007'), deleted_at: null }],
})

const WITH_COLUMNS = "clerk_version text default '0', deleted_at timestamptz(3)"
const inRow = (version: string, deletedAt: Date | null, more: object = {}, values: object = ADA) => ({
  ...change(0, { ...values, clerk_version: version, deleted_at: deletedAt }),
  versions: undefined,
  ...more,
})
const CASCADES = 'owner text references people on delete cascade'

export const probesOfOwners: Record<string, (project: Project) => Promise<void>> = {
  async 'what refers to a removed row becomes what its foreign key would have left'(project) {
    const { sql, call } = project
    for (const [column, left] of [
      ['text references people on delete cascade', 'nothing'],
      ['text not null references people on delete cascade', 'nothing'],
      ['text references people on delete set null', 'row'],
      ['text references people on delete restrict', 'row'],
      ['text not null references people', 'nothing'],
      ['required references people', 'nothing'],
      ['text references people deferrable initially deferred', 'row'],
      ["text default 'user_bob' references people on delete set default", '23503'],
    ] as const) {
      await sql(
        `savepoint fresh; create domain required as text check (value is not null); ${links(`owner ${column}`)}`,
      )
      const without = await call('clerk_sync_write', { ...change(2, ADA), owners: undefined })
      expect(without, 'without the owners').toBe('23503')
      const outcome = await call('clerk_sync_write', change(2, ADA))
      expect([column, outcome]).toEqual([column, { nothing: 'owner_deleted', row: 'created', 23503: '23503' }[left]])
      if (left !== '23503') {
        expect(await stored(project)).toEqual(left === 'row' ? row(2, { owner: null }) : nothing(2, 5000))
        const again = await call('clerk_sync_write', change(2, ADA))
        expect(again).toBe(left === 'row' ? 'unchanged' : 'already_deleted')
        const late = await call('clerk_sync_write', change(1, ADA))
        expect(late).toBe(left === 'row' ? 'stale' : 'already_deleted')
      }
      await sql('rollback to savepoint fresh')
    }
  },
  async 'what refers to a row that is there, or was never, is written or refused as ever'(project) {
    const { sql, call } = project
    await sql(links(CASCADES))
    const bob = { ...ADA, owner: 'user_bob' }
    expect(await call('clerk_sync_write', change(1, bob))).toBe('created')
    expect(await call('clerk_sync_write', change(2, { ...bob, owner: null }))).toBe('updated')
    for (const owner of ['user_early', 'user_Ada'])
      expect(await call('clerk_sync_write', change(3, { ...ADA, owner }))).toBe('23503')
    expect(await stored(project)).toEqual(row(2, { owner: null }))
    await sql("insert into people (id) values ('user_ada')")
    expect(await call('clerk_sync_write', change(4, ADA))).toBe('updated')
    expect(await stored(project)).toEqual(row(4, { owner: 'user_ada' }))
  },
  async 'the time is that of the first removal; without one, that of the change'(project) {
    const { sql, call } = project
    await sql(links(`${CASCADES}, team text references teams (clerk_id) on delete cascade`))
    expect(await call('clerk_sync_write', change(2, { ...ADA, team: 'org_gone' }))).toBe('owner_deleted')
    expect(await stored(project)).toEqual(nothing(2, 3000))
    expect(await call('clerk_sync_write', change(8001, { owner: 'user_reset' }))).toBe('owner_deleted')
    expect(await stored(project)).toEqual(nothing(8001, 8001))
  },
  async 'a tombstone that keeps its values has a time of its own, and its mark is no part of one'(project) {
    const { sql, call } = project
    const [none, mark] = [`8${'0'.repeat(33)}`, (version: string) => `8${version}`]
    await sql(`${links(CASCADES)}; update clerk_versions set version = '8' || version where id = 'user_ada'`)
    expect(await call('clerk_sync_write', change(2, ADA))).toBe('owner_deleted')
    expect(await stored(project)).toEqual(nothing(2, 5000))
    const fresh = "delete from clerk_versions where table_name = 'links'"
    await sql(`${fresh}; update clerk_versions set version = '${none}' where id = 'user_ada'`)
    expect(await call('clerk_sync_write', change(8001, ADA))).toBe('owner_deleted')
    expect(await stored(project)).toEqual(nothing(8001, 8001))
    // A delete that keeps what was never seen, and a late snapshot that comes to such a row.
    await sql(fresh)
    const kept = { mode: 'erase', version: none, expected: '-', deletedAt: new Date(9000) }
    expect(await call('clerk_sync_write', change(0, ADA, kept))).toBe('deleted')
    expect(await stored(project)).toEqual({ rows: [], versions: [{ version: none, deleted_at: new Date(9000) }] })
    await sql("insert into links (id) values ('link_1')")
    const version = mark(versionAt(2, '0000000000007'))
    const late = { mode: 'fill', version, expected: none }
    expect(await call('clerk_sync_write', change(0, ADA, late))).toBe('owner_deleted')
    expect(await stored(project)).toEqual({ rows: [], versions: [{ version, deleted_at: new Date(9000) }] })
  },
  async 'of two references, one may be NULL and the other take the row along'(project) {
    const { sql, call } = project
    await sql(links(`owner text references people on delete set null, team text references teams (clerk_id)`))
    expect(await call('clerk_sync_write', change(2, { ...ADA, team: 'org_gone' }))).toBe('created')
    expect(await stored(project)).toEqual(row(2, { owner: null, team: null }))
    await sql('delete from links; alter table links alter team set not null')
    expect(await call('clerk_sync_write', change(3, { ...ADA, team: 'org_gone' }))).toBe('owner_deleted')
    expect(await stored(project)).toEqual(nothing(3, 3000))
  },
  async 'foreign keys to other columns, of several columns and to other tables are waited for'({ sql, call }) {
    for (const more of [
      'owner text references people (email) on delete cascade',
      'owner text, foreign key (owner, name) references pairs on delete cascade',
      'owner text references others on delete cascade',
    ]) {
      await sql(`savepoint fresh; create table pairs (id text, name text, primary key (id, name));
        create table others (id text primary key); ${links(more)}`)
      const owners = { ...OWNERS, keys: { ...OWNERS.keys, pairs: 'id' } }
      await sql(`insert into clerk_versions (table_name, id, version)
        values ('pairs', 'user_ada', '${versionAt(1)}'), ('others', 'user_ada', '${versionAt(1)}')`)
      expect([more, await call('clerk_sync_write', change(2, ADA, { owners }))]).toEqual([more, '23503'])
      await sql('rollback to savepoint fresh')
    }
    await sql(links(CASCADES))
    expect(await call('clerk_sync_write', change(2, ADA, { key: 'nothing' }))).toBe('42703')
  },
  async 'a delete that refers to a removed row is a delete, and an expected version stays one'(project) {
    const { sql, call } = project
    await sql(links(CASCADES))
    const bob = { ...ADA, owner: 'user_bob' }
    await call('clerk_sync_write', change(5, bob))
    const version = change(5, {}).version
    expect(await call('clerk_sync_write', change(4, ADA, { expected: change(3, {}).version }))).toBe('stale')
    expect(await stored(project)).toEqual(row(5, { owner: 'user_bob' }))
    expect(await call('clerk_sync_write', change(4, ADA, { expected: version }))).toBe('owner_deleted')
    expect(await stored(project)).toEqual(nothing(4, 5000))
    expect(await call('clerk_sync_write_once', 'clerk_events', 'msg_1', change(6, ADA))).toBe('owner_deleted')
    expect(await call('clerk_sync_write_many', JSON.stringify([change(7, ADA)]))).toEqual(['owner_deleted'])
  },
  async 'with its versions in its rows, an older row goes, and no other'(project) {
    const { sql, call } = project
    await sql(`${links(`${CASCADES}, ${WITH_COLUMNS}`)};
      insert into links (id, clerk_version) values ('link_1', '5'), ('link_2', '1')`)
    const write = (...given: Parameters<typeof inRow>) => call('clerk_sync_write', inRow(...given))
    const ids = async () => (await sql('select id from links order by id')).map(({ id }) => id)
    expect([await write('4', null), await write('5', null)]).toEqual(['stale', 'already_deleted'])
    expect(await ids()).toEqual(['link_1', 'link_2'])
    await sql("update links set deleted_at = 'epoch' where id = 'link_1'")
    expect([await write('4', null), await write('5', null)]).toEqual(['already_deleted', 'already_deleted'])
    expect([await write('6', null), await ids()]).toEqual(['owner_deleted', ['link_2']])
    await sql("insert into links (id, clerk_version) values ('link_1', null)")
    expect([await write('6', null), await write('6', null), await ids()]).toEqual([
      ...['owner_deleted', 'owner_deleted'],
      ['link_2'],
    ])
  },
  async 'with its versions in its rows, a row goes also with an owner of whose removal no time is known'(project) {
    const { sql, call } = project
    await sql(`${links(`${CASCADES}, ${WITH_COLUMNS}`)}; insert into links (id, clerk_version) values ('link_1', '5')`)
    const outcome = await call('clerk_sync_write', inRow('6', null, { version: undefined }, { owner: 'user_reset' }))
    expect([outcome, await sql('select id from links')]).toEqual(['owner_deleted', []])
  },
  async 'a delete goes by its version, and one that keeps by its time'({ sql, call }) {
    await sql(`${links(`${CASCADES}, ${WITH_COLUMNS}`)};
      insert into links (id, clerk_version) values ('link_1', '5')`)
    const at = (ms: number) => new Date(ms)
    const write = (...given: Parameters<typeof inRow>) => call('clerk_sync_write', inRow(...given))
    expect(await write('4', at(1), { mode: 'erase' })).toBe('stale')
    expect(await write('5', at(1), { mode: 'erase' })).toBe('unchanged')
    await sql('update links set deleted_at = $1', at(5))
    expect(await write('9', at(4), { mode: 'keep' })).toBe('already_deleted')
    expect(await write('1', at(6), { mode: 'keep' })).toBe('deleted')
    await sql("insert into links (id, clerk_version) values ('link_1', '5')")
    expect(await write('1', at(6), { mode: 'keep' })).toBe('deleted')
    expect(await sql('select id from links')).toEqual([])
  },
  async 'a row that a trigger keeps is a lost write; triggers have the path of the caller'({ sql, call }) {
    await sql(`${links(`${CASCADES}, ${WITH_COLUMNS}`)};
      create function extensions.helper() returns text language sql as $$ select 'helped' $$;
      create function meddle() returns trigger language plpgsql as $$ begin perform helper(); return null; end $$;
      create trigger meddle before delete on links for each row execute function meddle();
      insert into links (id, clerk_version) values ('link_1', '5')`)
    expect(await call('clerk_sync_write', inRow('6', null))).toBe('CS001')
    await sql(`drop trigger meddle on links;
      create function back() returns trigger language plpgsql as $$ begin
        insert into public.links (id, clerk_version) values (old.id, old.clerk_version); return null; end $$;
      create constraint trigger back after delete on links deferrable initially deferred
        for each row execute function back(); set constraints all deferred`)
    expect(await call('clerk_sync_write', inRow('6', null))).toBe('CS001')
    await sql('drop trigger back on links')
    expect(await call('clerk_sync_write', inRow('6', null))).toBe('owner_deleted')
    for (const column of ['clerk_version', 'deleted_at']) {
      await sql(`savepoint whole; alter table links drop column ${column}`)
      expect(await call('clerk_sync_remove_older', inRow('6', null), '')).toBe('42703')
      await sql('rollback to savepoint whole')
    }
  },
  async 'a replacement that refers to a removed row leaves what its foreign key would have'({ sql, call }) {
    await sql(`${links(`${CASCADES}, by text references people on delete set null, ${WITH_COLUMNS}`)};
      insert into links (id, clerk_version) values ('link_1', '5'), ('link_2', '5')`)
    const replace = (expected: string, values: object) =>
      call('clerk_sync_replace', { ...inRow('7', null, {}, values), expected, deletedBefore: null, live: false })
    expect(await replace('4', ADA)).toEqual({ version: '5', deleted: false })
    expect(await replace('5', { by: 'user_ada', name: 'new' })).toEqual({ version: '7', deleted: false })
    expect(await sql("select name, by from links where id = 'link_1'")).toEqual([{ name: 'new', by: null }])
    expect(await replace('7', ADA)).toEqual({ ownerDeleted: true })
    expect(await replace('7', ADA)).toEqual({ ownerDeleted: true })
    expect(await sql('select id from links')).toEqual([{ id: 'link_2' }])
    expect(await replace('7', { owner: 'user_bob' })).toBeNull()
  },
  async 'the version of what was removed is locked until the end'({ sql, call }) {
    await sql(`${links(CASCADES)}; revoke update on clerk_versions from service_role`)
    // What a lock takes: the right to update.
    expect(await call('clerk_sync_rest', change(2, ADA), '')).toBe('42501')
  },
}
