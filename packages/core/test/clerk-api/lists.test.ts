// What is asked of Clerk's lists, and what is believed of them: an answer at a time.
import { describe, expect, test } from 'vitest'
import type { Answer, Query } from '../../src/clerk-api/clerk-api.ts'
import { isNotFound, listedOf, objectOf, readCount } from '../../src/clerk-api/pages.ts'
import { Walk } from '../../src/clerk-api/walk.ts'
import { walkOf } from '../../src/clerk-api/walk-entity.ts'
import type { EntityList } from '../../src/entities/define-entity.ts'
import { answer, clerk, notFound, time } from './scripted.ts'
import { failsWith } from './setting.ts'

const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => ({ id: `org_${from + n}` }))

async function all(walk: Pick<Walk, 'pages'>, from?: Parameters<Walk['pages']>[0]) {
  const pages = []
  for await (const page of walk.pages(from)) pages.push(page)
  return pages
}

describe('an answer is a list', () => {
  const of = (body: unknown, status?: number) => listedOf('/users', answer(body, status, status ? 'bad' : undefined))

  test('bare, or with a total', () => {
    expect(of([{ id: 'user_1' }])).toEqual({ items: [{ id: 'user_1' }], time, total: undefined })
    expect(of([])).toMatchObject({ items: [] })
    expect(of({ data: [{ id: 'org_1' }], total_count: 0 })).toEqual({ items: [{ id: 'org_1' }], time, total: 0 })
  })

  test.each<[what: string, body: unknown, status: number | undefined, message: RegExp]>([
    ['another status', [], 404, /status 404 \(bad\)/],
    ['no data', { total_count: 0 }, undefined, /an object without data/],
    ['data that is no list', { data: {}, total_count: 0 }, undefined, /without data/],
    ['an entry without an id', [{ id: 'user_1' }, {}], undefined, /an entry has no id/],
    ['an entry whose id is none', [{ id: '' }], undefined, /an entry has no id/],
    ['no total', { data: [] }, undefined, /total_count is no number/],
    ['a total in text', { data: [], total_count: '1' }, undefined, /total_count is no number/],
    ['a total below 0', { data: [], total_count: -1 }, undefined, /total_count is no number/],
    ['half a total', { data: [], total_count: 0.5 }, undefined, /total_count is no number/],
  ])('but not with %s', (_, body, status, message) => {
    expect(() => of(body, status)).toThrow(failsWith('clerk_unavailable', message))
  })
})

test('an object has a status of 200 and an id', () => {
  expect(objectOf('/users/1', answer({ id: 'user_1' }))).toEqual({ id: 'user_1' })
  expect(() => objectOf('/users/1', answer({ id: 'user_1' }, 400, 'bad'))).toThrow(/status 400 \(bad\)/)
  expect(() => objectOf('/users/1', answer({}))).toThrow(/it has no id/)
})

test("a 404 is Clerk's own by its code", () => {
  expect([notFound, answer({}, 404, 'other'), answer({}, 410, 'resource_not_found')].map(isNotFound)).toEqual([
    true,
    false,
    false,
  ])
})

test('a count is a whole number with a status of 200', async () => {
  const count = (given: Answer) => readCount(clerk(() => given).api, '/users/count')
  expect(await count(answer({ total_count: 3 }))).toBe(3)
  for (const bad of [answer({ total_count: 3 }, 400), answer({}), answer({ total_count: -1 })]) {
    await expect(count(bad)).rejects.toEqual(failsWith('clerk_unavailable', /total_count is no number/))
  }
})

describe('a list that drifts', () => {
  const list: EntityList = { path: '/organizations', paging: 'offset' }
  const served = (at: () => readonly object[], total = () => at().length) =>
    clerk((_, { offset, limit }) =>
      answer({ data: at().slice(Number(offset), Number(offset) + Number(limit)), total_count: total() }),
    )

  test('is read with an overlap until a page is empty, and again until nothing is new', async () => {
    const { api, asked } = served(() => ids(0, 1200))
    const walk = new Walk(api, list)
    const pages = await all(walk)
    const once = [0, 450, 900, 1150, 1200].map(
      (offset) => `/organizations limit=500 order_by=created_at offset=${offset}`,
    )
    expect(asked).toEqual([...once, ...once])
    expect(pages.flatMap(({ items }) => items)).toEqual(ids(0, 1200))
    expect(pages.slice(0, 3)).toMatchObject([
      { done: 500, total: 1200, next: { walk: 0, met: 500, offset: 450 } },
      { done: 950, total: 1200, next: { walk: 0, met: 950, offset: 900 } },
      { done: 1200, total: 1200, next: { walk: 0, met: 1200, offset: 1150 } },
    ])
    expect(walk.complete).toBe(true)
  })

  test('goes on without an overlap where a page has no more than two of it', async () => {
    for (const [count, offsets] of [
      [100, [0, 100]],
      [101, [0, 51, 101]],
    ] as const) {
      const { api, asked } = served(() => ids(0, count))
      await all(new Walk(api, list))
      expect(asked.slice(0, offsets.length)).toEqual(
        offsets.map((offset) => `/organizations limit=500 order_by=created_at offset=${offset}`),
      )
    }
  })

  test('asks for what its entity asks for, and for no order where it has its own', async () => {
    const { api, asked } = served(() => [])
    await all(new Walk(api, { ...list, newestFirst: true, query: { include_free: 'true' } }))
    expect(asked[0]).toBe('/organizations limit=500 include_free=true offset=0')
  })

  test('is not whole while each walk finds another one, and is given up after six', async () => {
    let walks = 0
    const { api } = clerk((_, { offset }) => {
      if (offset === 0) walks++
      const there = ids(0, walks)
      return answer({ data: there.slice(Number(offset)), total_count: there.length })
    })
    const walk = new Walk(api, list)
    expect((await all(walk)).flatMap(({ items }) => items)).toEqual(ids(0, 6))
    expect([walks, walk.complete]).toEqual([6, false])
  })

  test('is whole once a walk finds no other one', async () => {
    let walks = 0
    const { api } = clerk((_, { offset }) => {
      if (offset === 0) walks++
      const there = ids(0, Math.min(walks, 2))
      return answer({ data: there.slice(Number(offset)), total_count: there.length })
    })
    const walk = new Walk(api, list)
    await all(walk)
    expect([walks, walk.complete, walk.seen.size]).toEqual([3, true, 2])
  })

  test('is not whole where it counts more than it lists', async () => {
    const walk = new Walk(
      served(
        () => ids(0, 3),
        () => 4,
      ).api,
      list,
    )
    await all(walk)
    expect([walk.complete, walk.seen.size]).toEqual([false, 3])
  })

  test('that goes on behind its own end is none', async () => {
    const { api } = clerk(() => answer({ data: ids(0, 500), total_count: 500 }))
    await expect(all(new Walk(api, list))).rejects.toEqual(failsWith('clerk_unavailable', /behind its own end/))
  })

  test('goes on where it was interrupted, and counts what was met before', async () => {
    const { api, asked } = served(() => ids(0, 1200))
    const walk = new Walk(api, list)
    const pages = await all(walk, { walk: 0, met: 950, offset: 900 })
    expect(asked[0]).toContain('offset=900')
    expect(pages[0]).toMatchObject({ done: 1250, next: { walk: 0, met: 1250, offset: 1150 } })
    // The second walk meets those from before.
    expect([walk.complete, walk.seen.size]).toEqual([true, 1200])
  })
})

describe('a list with a cursor', () => {
  const list: EntityList = { path: '/users', paging: 'cursor', count: '/users/count' }
  const users = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => ({ id: `user_${from + n}`, created_at: 1000 + from + n }))
  const served = (count: number, more: (path: string, query: Query) => Answer | undefined = () => undefined) =>
    clerk((path, query) => {
      const own = more(path, query)
      if (own) return own
      if (path === '/users/count') return answer({ total_count: count })
      const after = String(query.starting_after ?? 'user_-1').slice('user_'.length)
      const from = query.created_at_after === undefined ? Number(after) + 1 : Number(query.created_at_after) - 999
      return answer(users(from, Math.min(from + 500, count)))
    })

  test('is read once, from one row to the next, and counted before and after', async () => {
    const { api, asked } = served(700)
    const walk = new Walk(api, list)
    const pages = await all(walk)
    expect(asked).toEqual([
      '/users/count',
      '/users limit=500 order_by=created_at',
      '/users limit=500 order_by=created_at starting_after=user_499',
      '/users limit=500 order_by=created_at starting_after=user_699',
      '/users/count',
    ])
    expect(pages).toMatchObject([
      { done: 500, total: 700, next: { walk: 0, met: 500, cursor: { id: 'user_499', createdAt: 1499 } } },
      { done: 700, total: 700, next: { walk: 0, met: 700, cursor: { id: 'user_699', createdAt: 1699 } } },
    ])
    expect(walk.complete).toBe(true)
  })

  test('goes on from the time of a cursor whose own row is gone', async () => {
    const { api, asked } = served(700, (_, { starting_after }) =>
      starting_after === 'user_499' ? answer({}, 422, 'form_param_value_invalid') : undefined,
    )
    const walk = new Walk(api, list)
    expect((await all(walk)).flatMap(({ items }) => items)).toHaveLength(700)
    expect(asked[3]).toBe('/users limit=500 order_by=created_at created_at_after=1498')
    expect(walk.complete).toBe(true)
  })

  test('of a time that is none goes on from the beginning, and not from before', async () => {
    const { api, asked } = clerk((path, query) => {
      if (path === '/users/count') return answer({ total_count: 1 })
      if (query.starting_after) return answer({}, 404, 'resource_not_found')
      return answer(query.created_at_after === undefined ? [{ id: 'user_1' }] : [])
    })
    await all(new Walk(api, list))
    expect(asked).toContain('/users limit=500 order_by=created_at created_at_after=0')
  })

  test('that does not heed it is none', async () => {
    const { api } = clerk((path) => answer(path === '/users/count' ? { total_count: 2 } : [{ id: 'user_1' }]))
    await expect(all(new Walk(api, list))).rejects.toEqual(failsWith('clerk_unavailable', /starting_after is ignored/))
  })

  test('is read again where it lists fewer than it counts, and is not whole then', async () => {
    const { api, asked } = served(3, (path) => (path === '/users/count' ? answer({ total_count: 4 }) : undefined))
    const walk = new Walk(api, list)
    await all(walk)
    expect(walk.complete).toBe(false)
    expect(asked.filter((one) => one === '/users limit=500 order_by=created_at')).toHaveLength(6)
  })

  test('counts what an earlier run has met', async () => {
    const { api } = served(700)
    const walk = new Walk(api, list)
    const [page] = await all(walk, { walk: 0, met: 500, cursor: { id: 'user_499', createdAt: 1499 } })
    expect(page).toMatchObject({ done: 700, next: { met: 700 } })
    expect([walk.complete, walk.seen.size]).toEqual([true, 200])
  })
})

describe('what is asked of each statement', () => {
  const attempts = (listed: number, counted: number | undefined) =>
    clerk((path, { offset }) => {
      if (path === '/billing/statements') {
        const data = offset === 0 ? [{ id: 'stmt_1', payer: { user_id: 'user_1' } }] : []
        return answer({ data, total_count: 1 })
      }
      if (counted === undefined) return notFound
      const data = Array.from({ length: listed }, (_, n) => ({ id: `pa_${n}` })).slice(
        Number(offset),
        Number(offset) + 2,
      )
      return answer({ data, total_count: counted })
    })
  const read = async (listed: number, counted: number | undefined) => {
    const { api, asked } = attempts(listed, counted)
    const walk = walkOf(api, 'paymentAttempt')
    await all(walk)
    return {
      complete: walk.complete,
      met: walk.seen.size,
      asked: asked.filter((one) => one.includes('attempts')).length,
    }
  }

  test.each<[what: string, listed: number, counted: number | undefined, expected: object]>([
    ['is read until as many were met as are counted', 4, 4, { complete: true, met: 4, asked: 2 }],
    ['is nothing where there is none', 0, 0, { complete: true, met: 0, asked: 1 }],
    ['is nothing where it was deleted since', 0, undefined, { complete: true, met: 0, asked: 1 }],
    ['is not whole where it counts more than it lists', 3, 5, { complete: false, met: 3, asked: 3 }],
  ])('%s', async (_, listed, counted, expected) => {
    expect(await read(listed, counted)).toEqual(expected)
  })
})
