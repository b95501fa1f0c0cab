// Whose row it is that has a unique value: said where that may be the reason, and nowhere else.
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { explainedConflict, namingRow } from '../src/delivery/explain-conflict.ts'
import { explained } from '../src/delivery/explained.ts'
import { ClerkSyncError, type ErrorCode } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import type { Entity, SyncAdapter } from '../src/port/sync-adapter.ts'

test.each<[code: ErrorCode, entity: Entity | undefined, hasUnlinked: boolean, more: RegExp | undefined]>([
  ['unique_conflict', 'user', true, /rows without a Clerk id/],
  ['unique_conflict', 'user', false, undefined],
  ['unique_conflict', 'organizationMembership', false, /member/],
  ['unique_conflict', 'organization', true, undefined],
  ['unique_conflict', undefined, true, undefined],
  ['value_refused', 'user', true, undefined],
  ['reference_missing', 'organizationMembership', true, undefined],
])('%s of %s, rows without a Clerk id: %s', (code, entity, hasUnlinked, more) => {
  const cause = new Error('refused')
  const error = new ClerkSyncError(code, 'It was refused.', { cause })
  const named = namingRow(error, entity, hasUnlinked)
  if (!more) return expect(named).toBe(error)
  expect(named).toMatchObject({ code, cause, message: expect.stringMatching(more) })
  expect(named.message).toMatch(/^It was refused\. /)
})

describe('where the table may say more', () => {
  const conflict = new ClerkSyncError('unique_conflict', 'It was refused.')
  const { signal } = new AbortController()
  /** An adapter that counts its rows without a Clerk id. */
  function counting(count: () => Promise<number>) {
    const asked: unknown[] = []
    const countUnlinked = (...given: unknown[]) => {
      asked.push(given)
      return count()
    }
    const linking = { find: async () => [], set: async () => false, countUnlinked }
    return { asked, adapter: { ...memoryAdapter({}), linking } as SyncAdapter }
  }

  test.each([
    [1, /rows without a Clerk id/],
    [0, /refused\.$/],
  ])('a user’s conflict asks for one of the rows without a Clerk id: %d', async (count, message) => {
    const { adapter, asked } = counting(async () => count)
    expect((await explainedConflict(adapter, conflict, 'user', { signal })).message).toMatch(message)
    expect(asked).toEqual([['user', { most: 1, signal }]])
  })

  test.each(['organization', 'organizationMembership', undefined] as const)('one of %s does not', async (entity) => {
    const { adapter, asked } = counting(async () => 1)
    expect((await explainedConflict(adapter, conflict, entity)).message).not.toMatch(/rows without a Clerk id/)
    expect(asked).toEqual([])
  })

  test('a table that cannot be looked at, or an adapter that does not link, changes nothing', async () => {
    const { adapter } = counting(() => Promise.reject(new Error('away')))
    for (const one of [adapter, memoryAdapter({})])
      expect(await explainedConflict(one, conflict, 'user')).toBe(conflict)
  })

  test('only a conflict is explained, and all else is what was thrown', async () => {
    const { adapter, asked } = counting(async () => 1)
    for (const thrown of [new Error('away'), undefined, new ClerkSyncError('store_failed', 'Away.')]) {
      expect(await explained(adapter, thrown, 'user')).toBe(thrown)
    }
    expect(asked).toEqual([])
    expect(await explained(adapter, conflict, 'user')).toMatchObject({ message: expect.stringMatching(/Clerk id/) })
  })

  test('a conflict is what was thrown where a deploy has taken the file away that explains it', async () => {
    vi.resetModules()
    vi.doMock('../src/delivery/explain-conflict.ts', () => {
      throw new Error('Cannot find module')
    })
    onTestFinished(() => {
      vi.doUnmock('../src/delivery/explain-conflict.ts')
      vi.resetModules()
    })
    const { explained: deployed } = await import('../src/delivery/explained.ts')
    expect(await deployed(memoryAdapter({}), conflict, 'user')).toBe(conflict)
  })
})
