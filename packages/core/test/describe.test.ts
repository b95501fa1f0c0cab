import { expect, test } from 'vitest'
import { createClerkSync } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'

test('describe() says what a ClerkSync was made of, and what the endpoint must be subscribed to', () => {
  const adapter = memoryAdapter({ users: { columns: { email: {} } }, sessions: { columns: {} }, events: true })
  const clerkSync = createClerkSync({
    adapter,
    instanceId: 'ins_1',
    onDelete: { user: 'keep' },
    on: { 'email.created': () => {}, 'user.updated': () => {} },
  })
  expect(clerkSync.describe()).toEqual({
    adapter: 'memory',
    tables: [
      { entity: 'user', name: 'users', onDelete: 'keep', versions: 'row' },
      { entity: 'session', name: 'sessions', onDelete: 'erase', versions: 'row' },
    ],
    hooks: ['email.created', 'user.updated'],
    ledger: true,
    deadLetters: false,
    instanceId: 'ins_1',
    eventTypes: [
      'email.created',
      'session.created',
      'session.ended',
      'session.pending',
      'session.removed',
      'session.revoked',
      'user.created',
      'user.deleted',
      'user.updated',
    ],
  })
})

test('describe() says where versions are kept, and which of the own tables there are', () => {
  const adapter = memoryAdapter(
    { users: { columns: {}, versions: 'beside' }, organizations: { columns: {} } },
    { ledger: false, deadLetters: true },
  )
  expect(createClerkSync({ adapter }).describe()).toMatchObject({
    tables: [
      { entity: 'user', name: 'users', onDelete: 'remove', versions: 'beside' },
      { entity: 'organization', name: 'organizations', onDelete: 'erase', versions: 'row' },
    ],
    hooks: [],
    ledger: false,
    deadLetters: true,
    instanceId: undefined,
  })
})

test('an event type that the catalogue does not have yet comes last', () => {
  const adapter = memoryAdapter({ users: { columns: {} }, events: true })
  const untyped: object = { on: { 'apple.created': () => {} } }
  const clerkSync = createClerkSync({ adapter, ...untyped })
  expect(clerkSync.describe().eventTypes).toEqual(['user.created', 'user.deleted', 'user.updated', 'apple.created'])
})
