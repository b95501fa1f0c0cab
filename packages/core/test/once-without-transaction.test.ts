// A hook on a database without interactive transactions: the steps in their order, and what each that fails leaves out.
import { expect, test } from 'vitest'
import { ClerkSyncError } from '../src/index.ts'
import { type EventRef, onceWithoutTransaction } from '../src/port/index.ts'

const EVENT: EventRef = { id: 'msg_1', type: 'user.created', entityId: 'user_1', occurredAt: new Date(0) }
const BEFORE = { id: 'user_1' }

function steps(
  more: { outcome?: 'created' | 'duplicate'; fails?: string; error?: unknown; asksBefore?: boolean } = {},
) {
  const { outcome = 'created', fails, error = new Error('away'), asksBefore = true } = more
  const done: unknown[] = []
  const step =
    <T>(name: string, result: T) =>
    async () => {
      done.push(name)
      if (fails === name) throw error
      return result
    }
  const hook = async (...given: unknown[]) => {
    done.push(given)
    if (fails === 'hook') throw error
  }
  const running = onceWithoutTransaction(EVENT, hook, {
    ...(asksBefore && { before: step('before', BEFORE) }),
    write: step('write', outcome),
    mark: step('mark', undefined),
  })
  return { done, running }
}

test('the row is read, written, then the hook runs without a transaction, and then the message is marked', async () => {
  const { done, running } = steps()
  expect(await running).toBe('created')
  expect(done).toEqual(['before', 'write', [undefined, 'created', BEFORE], 'mark'])
})

test('nothing is read where the hook does not ask for it', async () => {
  const { done, running } = steps({ asksBefore: false })
  expect(await running).toBe('created')
  expect(done).toEqual(['write', [undefined, 'created', undefined], 'mark'])
})

test('the hook of a message that was processed does not run', async () => {
  const { done, running } = steps({ outcome: 'duplicate' })
  expect(await running).toBe('duplicate')
  expect(done).toEqual(['before', 'write'])
})

test.each([
  ['before', ['before']],
  ['write', ['before', 'write']],
  ['hook', ['before', 'write', [undefined, 'created', BEFORE]]],
])('where %s fails, its error comes out, and the message is not marked', async (fails, expected) => {
  const error = new Error('away')
  const { done, running } = steps({ fails, error })
  await expect(running).rejects.toBe(error)
  expect(done).toEqual(expected)
})

test('a message that could not be marked says that its hook will run again; an error of ours is left as it is', async () => {
  const cause = new Error('away')
  await expect(steps({ fails: 'mark', error: cause }).running).rejects.toMatchObject({
    code: 'store_failed',
    cause,
    message: expect.stringMatching(/^user\.created was stored and its hook ran.*its hook will run again/),
  })
  const ours = new ClerkSyncError('config_invalid', 'of the adapter')
  await expect(steps({ fails: 'mark', error: ours }).running).rejects.toBe(ours)
})
