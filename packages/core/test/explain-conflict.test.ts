// Whose row it is that has a unique value: said where that may be the reason, and nowhere else.
import { expect, test } from 'vitest'
import { namingRow } from '../src/delivery/explain-conflict.ts'
import { ClerkSyncError, type ErrorCode } from '../src/index.ts'
import type { Entity } from '../src/port/sync-adapter.ts'

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
