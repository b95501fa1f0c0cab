// Users whose row waits for its Clerk id, more of them than a result lists: counted, and not kept.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { DriftWriter, type Mending, MOST_DRIFTS } from '../../src/clerk-api/drift-writer.ts'
import { RUN_OPTIONS, Run } from '../../src/clerk-api/run.ts'
import { Unlinked } from '../../src/clerk-api/unlinked.ts'
import { createClerkSync } from '../../src/index.ts'
import { memoryAdapter } from '../../src/memory/memory-adapter.ts'
import { storeAccessOf } from '../../src/store-access.ts'

const HOUR_MS = 3_600_000
const PAGE = 500

interface User {
  readonly id: string
  /** What a row from before has in its column `email`. */
  readonly matches: string
  readonly pending?: boolean
}

/** A reconcile over a table in which every value has a row that waits for a Clerk id. */
function reconciling() {
  const adapter = memoryAdapter({ users: { columns: { email: {} } } })
  const find = async ({ values }: { readonly values: readonly string[] }) =>
    values.map((value) => ({ value, key: null, row: { email: value } }))
  const clerkSync = createClerkSync({
    adapter: { ...adapter, linking: { find, set: async () => true } },
    link: { by: (user) => Reflect.get(user, 'matches'), column: 'email', until: new Date(Date.now() + HOUR_MS) },
  })
  const plan = { known: RUN_OPTIONS, stepsPerEntity: 2 }
  const options = { secretKey: 'sk_test_1', apiUrl: 'http://localhost' }
  const run = new Run('reconcile', storeAccessOf('reconcile', clerkSync), options, plan, new AbortController().signal)
  const writer = new DriftWriter(run, {})
  const unlinked = new Unlinked(run, writer)
  const meet = async (users: Iterable<User>) => {
    const read = async (page: readonly User[]) => expect(await unlinked.without(page.map(missing), page)).toEqual([])
    let page: User[] = []
    for (const user of users) {
      page.push(user)
      if (page.length < PAGE) continue
      await read(page)
      page = []
    }
    await read(page)
  }
  return { run, writer, unlinked, meet }
}

function missing({ id, pending = false }: User): Mending {
  const change = { kind: 'upsert', entity: 'user', key: id, version: '1', values: {} } as const
  return { drift: { kind: 'missing', entity: 'user', id, ageMs: 1, pending }, change, seen: undefined }
}

function* usersFrom(first: number, count: number, more: object = {}): Generator<User> {
  for (let n = first; n < first + count; n++) yield { id: `user_${n}`, matches: `user${n}@example.com`, ...more }
}

test('those beyond what is listed are counted, by what they are', async () => {
  const { run, writer, unlinked, meet } = reconciling()
  await meet(usersFrom(0, MOST_DRIFTS))
  await meet(usersFrom(MOST_DRIFTS, 30))
  await meet(usersFrom(MOST_DRIFTS + 30, 20, { pending: true }))
  // Each of these matches the row of one who was met before: of one who is listed, one who is not, and a pending one; one twice.
  const again = [1, MOST_DRIFTS + 1, MOST_DRIFTS + 31, 2, 2]
  await meet(again.map((n, index) => ({ id: `user_again_${index}`, matches: `user${n}@example.com` })))
  unlinked.finish()
  expect(writer.counts.user).toMatchObject({ unlinked: MOST_DRIFTS + 27, pending: 19, missing: 0 })
  expect(run.counts.all().user).toMatchObject({ failed: 9 })
  const named = run.failures.map(({ id, error }) => `${id} ${error.code}`).sort()
  expect(named).toEqual(
    ['user_1', 'user_2', ...again.map((_, index) => `user_again_${index}`)].map((id) => `${id} link_clash`).sort(),
  )
  expect(writer.drifts).toHaveLength(MOST_DRIFTS - 2)
  expect(writer.drifts.filter(({ id }) => id === 'user_1' || id === 'user_2')).toEqual([])
  expect(writer.isLeft).toBe(true)
})

test('a row of their own that is stale is mended, also where another one waits that they match', async () => {
  const { writer, unlinked } = reconciling()
  const user = { id: 'user_1', matches: 'user1@example.com' }
  const stale = { ...missing(user), drift: { ...missing(user).drift, kind: 'stale' } } as const
  expect(await unlinked.without([stale], [user])).toEqual([stale])
  unlinked.finish()
  expect(writer.isLeft).toBe(false)
})

test('100000 users who wait take less than 8 MiB', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const alive = () => {
    collectGarbage()
    const { heapUsed, external } = process.memoryUsage()
    return (heapUsed + external) / 2 ** 20
  }
  const { writer, unlinked, meet } = reconciling()
  await meet(usersFrom(0, PAGE))
  const before = alive()
  await meet(usersFrom(PAGE, 100_000))
  expect(alive() - before).toBeLessThan(8)
  unlinked.finish()
  expect(writer.counts.user).toMatchObject({ unlinked: 100_000 + PAGE })
})
