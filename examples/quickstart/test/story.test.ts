import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type EmptyDatabase, emptyDatabase, modes } from './support/databases.ts'
import { run } from './support/process.ts'

// Each starts processes, and a busy machine may take its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const promised = [
  '200 created',
  '200 updated',
  '200 unchanged',
  '200 stale',
  '200 already_deleted',
  '200 duplicate',
  '200 deleted',
  '400 signature_mismatch',
  'Everything is as it should be.',
]

test('the story is told on a database of its own, and leaves nothing behind', async () => {
  const { code, stdout, stderr } = await run([])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const line of promised) expect(stdout).toContain(line)
  expect(stdout).not.toContain('SURPRISE')
  expect(stdout, 'plain text where it is no terminal').not.toContain('\u001b')
  expect(stdout).toMatch(/^CLERK_WEBHOOK_SIGNING_SECRET=whsec_[A-Za-z0-9+/]{32}$/m)
})

describe.each(modes)('with $adapter on $dialect, versions: $mode', ({ adapter: ADAPTER, dialect, mode: MODE }) => {
  let database: EmptyDatabase
  beforeAll(async () => {
    database = await emptyDatabase(dialect)
  })
  afterAll(() => database.remove())

  test('the story can be told twice, also at the same time', async () => {
    const tellings = await Promise.all([1, 2].map(() => run([], { ADAPTER, MODE, DATABASE_URL: database.url })))
    for (const { code, stdout, stderr } of tellings) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain('Everything is as it should be.')
    }
  })
})
