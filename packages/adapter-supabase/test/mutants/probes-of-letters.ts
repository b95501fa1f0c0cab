import { expect } from 'vitest'
import type { Project } from './database.ts'

const LETTERS = 'clerk_dead_letters'
const EPOCH = new Date(0).toISOString()

const letterOf = (id: string, parkedAt: number, more: object = {}) => ({
  id,
  type: 'user.updated',
  entity_id: 'user_1',
  code: 'value_refused',
  payload: '{}',
  parked_at: new Date(parkedAt),
  ...more,
})

const trigger = (body: string, event: string) =>
  `create function public.meddle() returns trigger language plpgsql as $$ begin ${body} end $$;
   create trigger meddle before ${event} on ${LETTERS} for each row execute function public.meddle()`

const ids = async ({ sql }: Project) => (await sql(`select id from ${LETTERS} order by id`)).map(({ id }) => id)

export const probesOfLetters: Record<string, (project: Project) => Promise<void>> = {
  async 'a letter is kept whole and once, up to a number since a time'(project) {
    const { sql, call } = project
    const park = (letter: object, most = 9, since = EPOCH) => call('clerk_sync_park', LETTERS, letter, most, since)
    const first = letterOf('msg_1', 1_000)
    const newer = { ...first, code: 'other', payload: '{"newer":true}' }
    expect([await park(first), await park({ ...newer, parked_at: new Date(9_000) })]).toEqual(['parked', 'parked'])
    expect(await sql(`select * from ${LETTERS}`)).toEqual([newer])
    const since = new Date(1_000).toISOString()
    expect(await park(letterOf('msg_2', 2_000), 1, since)).toBe('full')
    expect(await park(first, 0, since)).toBe('parked')
    expect(await park(letterOf('msg_2', 2_000), 2, since)).toBe('parked')
    expect(await park(letterOf('msg_3', 3_000), 2, new Date(1_001).toISOString())).toBe('parked')
    expect(await ids(project)).toEqual(['msg_1', 'msg_2', 'msg_3'])
    await park({ ...first, code: 'newest' })
    expect(await sql(`select id from ${LETTERS} where code = 'newest'`)).toEqual([{ id: 'msg_1' }])
    const count = (...given: unknown[]) => call('clerk_sync_count_letters', LETTERS, ...given)
    expect([await count(), await count(new Date(2_000).toISOString())]).toEqual(['3', '2'])
  },
  async 'a letter that is not kept fails, and one that another delivery parked meanwhile does not'(project) {
    const { sql, call } = project
    const park = (id: string) => call('clerk_sync_park', LETTERS, letterOf(id, 1_000), 9, EPOCH)
    await sql(trigger('return null;', 'insert'))
    expect(await park('msg_1')).toBe('CS001')
    await sql(`drop trigger meddle on ${LETTERS}; drop function public.meddle()`)
    await sql(
      trigger(`if pg_trigger_depth() = 1 then insert into ${LETTERS} select new.*; end if; return new;`, 'insert'),
    )
    expect(await park('msg_1')).toBe('parked')
    expect(await ids(project)).toEqual(['msg_1'])
  },
  async 'a letter that a deferred trigger takes away, or brings back, fails'(project) {
    const { sql, call } = project
    const later = (body: string, event: string) =>
      `create function public.meddle() returns trigger language plpgsql as $$ begin ${body} return null; end $$;
       create constraint trigger meddle after ${event} on ${LETTERS} deferrable initially deferred for each row
         execute function public.meddle();
       set constraints all deferred`
    await sql(later(`delete from ${LETTERS};`, 'insert'))
    expect(await call('clerk_sync_park', LETTERS, letterOf('msg_1', 1_000), 9, EPOCH)).toBe('CS001')
    await sql(`drop trigger meddle on ${LETTERS}; drop function public.meddle()`)
    expect(await call('clerk_sync_park', LETTERS, letterOf('msg_1', 1_000), 9, EPOCH)).toBe('parked')
    await sql(later(`insert into ${LETTERS} select old.*;`, 'delete'))
    expect(await call('clerk_sync_drop_letter', LETTERS, 'msg_1')).toBe('CS001')
    expect(await ids(project)).toEqual(['msg_1'])
  },
  async 'letters are found by what they are about, the oldest first'({ sql, call }) {
    const find = async (filter: object, most = 9) => call('clerk_sync_find_letters', LETTERS, filter, most)
    expect(await find({})).toEqual([])
    await sql(`insert into ${LETTERS} values ('b', 't', 'user_1', 'c', 'has "user_1"', to_timestamp(1)),
      ('a', 't', 'user_1', 'c', 'has "user%1"', to_timestamp(2)), ('c', 't', null, 'c', 'has "user_1"', to_timestamp(2))`)
    const [a, b, c] = [
      { id: 'a', payload: 'has "user%1"' },
      { id: 'b', payload: 'has "user_1"' },
      { id: 'c', payload: 'has "user_1"' },
    ]
    expect(await find({})).toEqual([b, a, c])
    expect(await find({}, 2)).toEqual([b, a])
    expect(await find({ id: 'c' })).toEqual([c])
    expect(await find({ id: 'd' })).toEqual([])
    expect(await find({ entityId: 'user_1' })).toEqual([b, a])
    expect(await find({ payloadHas: '"user_1"' })).toEqual([b, c])
    expect(await find({ payloadHas: '"user%1"' })).toEqual([a])
  },
  async 'a letter is dropped, by name or with the mark of its message, and no other is'(project) {
    const { sql, call } = project
    await sql(`insert into ${LETTERS} select 'msg_' || n, 't', null, 'c', '{}', now() from generate_series(1, 4) as n`)
    const drop = (id: string) => call('clerk_sync_drop_letter', LETTERS, id)
    expect([await drop('msg_1'), await drop('msg_1')]).toEqual([true, false])
    expect(await ids(project)).toEqual(['msg_2', 'msg_3', 'msg_4'])
    const event = { id: 'msg_2', type: 't', occurred_at: new Date(1), processed_at: new Date(2) }
    expect(await call('clerk_sync_mark', 'clerk_events', event)).toBe(true)
    expect(await ids(project)).toEqual(['msg_2', 'msg_3', 'msg_4'])
    expect(await call('clerk_sync_mark', 'clerk_events', event, LETTERS)).toBe(false)
    expect(await ids(project)).toEqual(['msg_3', 'msg_4'])
    await sql(trigger('return null;', 'delete'))
    expect(await drop('msg_3')).toBe('CS001')
  },
  async 'triggers on letters run under the search path of the caller'({ sql, call }) {
    await sql(`create function extensions.helper() returns text language sql as $$ select 'helped' $$`)
    await sql(trigger('perform helper(); return coalesce(new, old);', 'insert or delete'))
    expect(await call('clerk_sync_park', LETTERS, letterOf('msg_1', 1_000), 9, EPOCH)).toBe('parked')
    expect(await call('clerk_sync_drop_letter', LETTERS, 'msg_1')).toBe(true)
  },
}
