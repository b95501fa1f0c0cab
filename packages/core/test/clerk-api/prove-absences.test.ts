// When an absence is believed: asked twice, after all that may be on its way, beside what is known to be there.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Candidate } from '../../src/clerk-api/candidates.ts'
import type { Answer } from '../../src/clerk-api/clerk-api.ts'
import { type KnownAlive, proveAbsences } from '../../src/clerk-api/prove-absences.ts'
import type { Run } from '../../src/clerk-api/run.ts'
import { answer, clerk, notFound } from './scripted.ts'
import { failsWith } from './setting.ts'

const NOW = 1_760_000_000_000
const SETTLE = 30_000
const version = (at: number) => `${at}${at}1000000`

beforeEach(() => void vi.useFakeTimers({ now: NOW }))
afterEach(() => void vi.useRealTimers())

const candidate = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  entity: 'user',
  id,
  version: version(NOW - 3_600_000),
  owners: {},
  onlyOrphaned: false,
  ...more,
})
const alive: KnownAlive = { entity: 'user', id: 'user_alive', owners: {} }

/** Clerk by the path that it is asked, with the time of this machine. */
async function prove(
  candidates: readonly Candidate[],
  answers: (path: string, at: number) => Answer,
  known: readonly KnownAlive[] = [alive],
) {
  const timed: { path: string; afterMs: number }[] = []
  const { api } = clerk((path) => {
    timed.push({ path, afterMs: Date.now() - NOW })
    const time = { earliest: Date.now() - 1000, latest: Date.now() + 1000 }
    return { ...(path === '/instance' ? answer({ id: 'ins_1' }) : answers(path, Date.now() - NOW)), time }
  })
  const failed: string[] = []
  const told: { done: number; total: number | null }[] = []
  const run = {
    api,
    entities: ['user', 'organization'],
    progress: { tell: (_: string, __: string, done: number, total: number | null) => told.push({ done, total }) },
    fail: (_: string, id: string, error: Error) => failed.push(`${id}: ${error.message}`),
  }
  const found: string[] = []
  const proving = proveAbsences(
    run as unknown as Run,
    candidates,
    known,
    SETTLE,
    async (one) => void found.push(one.id),
  )
  const ended = Promise.allSettled([proving])
  await vi.runAllTimersAsync()
  const [result] = await ended
  return { result, timed, failed, found, told, of: (path: string) => timed.filter((one) => one.path === path) }
}

const ids = (result: PromiseSettledResult<Awaited<ReturnType<typeof proveAbsences>>> | undefined) =>
  result?.status === 'fulfilled' ? result.value.map((one) => one.candidate.id) : result?.reason

const there = (path: string) => answer({ id: path.slice('/users/'.length) })
const gone =
  (...missing: string[]) =>
  (path: string) =>
    missing.includes(path.slice('/users/'.length)) ? notFound : there(path)

test('of nobody, nobody is asked', async () => {
  const { result, timed } = await prove([], there)
  expect([ids(result), timed]).toEqual([[], []])
})

test('one that is not found is asked for again once it has settled, and has the time of the first answer', async () => {
  const { result, of, told } = await prove([candidate('user_1')], gone('user_1'))
  expect(ids(result)).toEqual(['user_1'])
  expect(of('/users/user_1').map(({ afterMs }) => afterMs)).toEqual([0, SETTLE])
  expect(of('/users/user_alive').map(({ afterMs }) => afterMs)).toEqual([SETTLE])
  expect(result).toMatchObject({ value: [{ first: { time: { latest: NOW + 1000 } }, orphaned: false }] })
  expect(told).toHaveLength(SETTLE / 1000)
  expect(told[0]).toEqual({ done: 0, total: SETTLE })
  expect(told.at(-1)).toEqual({ done: SETTLE - 1000, total: SETTLE })
})

test('one whose row is young is asked for once that has settled too, by what Clerk’s clock says at the latest', async () => {
  const young = candidate('user_1', { version: version(NOW - 10_000) })
  const { result, of } = await prove([young, candidate('user_2')], gone('user_1', 'user_2'))
  expect(ids(result)).toEqual(['user_1', 'user_2'])
  // A second more than it settles, since Clerk's time is known to a second.
  expect(of('/users/user_1').map(({ afterMs }) => afterMs)).toEqual([21_000, 51_000])
})

test('one whose version lies in the future is left alone, and reported', async () => {
  const at = (ms: number) => candidate(`user_${ms}`, { version: version(NOW + ms) })
  const { result, failed, of } = await prove([at(SETTLE + 1000), at(SETTLE + 1001)], gone('user_31000', 'user_31001'))
  expect(ids(result)).toEqual(['user_31000'])
  expect(failed).toEqual([expect.stringMatching(/^user_31001: .*lies in the future: it is left alone/)])
  expect(of('/users/user_31001')).toEqual([])
})

test.each([
  ['first', 0],
  ['second', SETTLE],
])('one that is there at the %s look is none, and is compared', async (_, from) => {
  const { result, found } = await prove([candidate('user_1')], (path, at) =>
    path === '/users/user_1' && (from === 0 || at < from) ? (from === 0 ? there(path) : notFound) : there(path),
  )
  expect([ids(result), found]).toEqual([[], ['user_1']])
})

describe('nothing is believed', () => {
  test('where what was listed is not found either', async () => {
    const { result } = await prove([candidate('user_1')], () => notFound)
    expect(ids(result)).toEqual(failsWith('clerk_unavailable', /does not find what it has just listed.*\/users/))
  })

  test('where nothing was listed', async () => {
    const { result } = await prove([candidate('user_1')], gone('user_1'), [])
    expect(ids(result)).toEqual(failsWith('clerk_unavailable', /listed nothing at all.*\/users, \/organizations/))
  })

  test('but where one of several that were listed was deleted since', async () => {
    const known = [{ ...alive, id: 'user_since' }, alive]
    const { result } = await prove([candidate('user_1')], gone('user_1', 'user_since'), known)
    expect(ids(result)).toEqual(['user_1'])
  })
})

describe('what may never have been listed', () => {
  const item = candidate('sub_1', {
    entity: 'subscription',
    owners: { user: 'user_owner' },
    onlyOrphaned: true,
  })
  const answers = (ownerIsGone: (at: number) => boolean) => (path: string, at: number) => {
    if (path === '/users/user_owner') return ownerIsGone(at) ? notFound : there(path)
    return path === '/users/user_alive' ? there(path) : notFound
  }

  test('is gone with its owner', async () => {
    const { result } = await prove(
      [item],
      answers(() => true),
    )
    expect(result).toMatchObject({ value: [{ candidate: { id: 'sub_1' }, orphaned: true }] })
  })

  test('is not gone by itself, nor where its owner was there at one of two looks', async () => {
    expect(
      ids(
        (
          await prove(
            [item],
            answers(() => false),
          )
        ).result,
      ),
    ).toEqual([])
    expect(
      ids(
        (
          await prove(
            [item],
            answers((at) => at === 0),
          )
        ).result,
      ),
    ).toEqual([])
  })

  test('is orphaned only where its owner was gone at both looks', async () => {
    const sure = { ...item, onlyOrphaned: false }
    const { result } = await prove(
      [sure],
      answers((at) => at > 0),
    )
    expect(result).toMatchObject({ value: [{ candidate: { id: 'sub_1' }, orphaned: false }] })
  })
})

describe('what a list of all proves', () => {
  const waiting = candidate('wait_1', { entity: 'waitlistEntry' })
  const known: KnownAlive = { entity: 'waitlistEntry', id: 'wait_alive', owners: {} }
  const listing = (listed: readonly string[]) => (path: string) =>
    path.startsWith('/users/')
      ? there(path)
      : answer({ data: listed.map((id) => ({ id })), total_count: listed.length })

  /** Each page of the list but the first is empty. */
  const paged = (listed: readonly string[]) => {
    let asked = 0
    return (path: string) => {
      if (path.startsWith('/users/')) return there(path)
      const isFirst = asked++ % 2 === 0
      return answer({ data: isFirst ? listed.map((id) => ({ id })) : [], total_count: listed.length })
    }
  }

  test('is believed where it has what is known to be listed', async () => {
    const { result } = await prove([waiting], paged(['wait_alive']), [alive, known])
    expect(ids(result)).toEqual(['wait_1'])
  })

  test('is not believed where it lacks that too', async () => {
    const { result } = await prove([waiting], paged(['wait_other']), [alive, known])
    expect(ids(result)).toEqual(failsWith('clerk_unavailable', /does not find what it has just listed.*waitlist/))
  })

  test('needs nothing of its own that is known to be listed', async () => {
    const { result } = await prove([waiting], paged([]), [alive])
    expect(ids(result)).toEqual(['wait_1'])
  })

  test('that has no end ends the run', async () => {
    const { result } = await prove([waiting], listing(['wait_other']), [alive])
    expect(ids(result)).toEqual(failsWith('clerk_unavailable', /behind its own end/))
  })
})
