// From JavaScript or a configuration file, where no compiler looks.
import { describe, expect, test } from 'vitest'
import { createClerkSync } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { SECRET } from './fixtures/signing.ts'
import { TABLES } from './fixtures/sync.ts'

const create = (options: unknown) => createClerkSync(options as never)
const adapter = memoryAdapter(TABLES)

describe('an option that was misspelt is named, with the one that was meant', () => {
  test.each([
    ['hooks for on', { adapter, hooks: {} }, /no option "hooks": did you mean "on"/],
    ['secret for signingSecret', { adapter, secret: SECRET }, /"secret": did you mean "signingSecret"/],
    ['signingsecret', { adapter, signingsecret: SECRET }, /did you mean "signingSecret"/],
    ['ondelete', { adapter, ondelete: 'keep' }, /did you mean "onDelete"/],
    ['instanceID', { adapter, instanceID: 'ins_1' }, /did you mean "instanceId"/],
    ['something else', { adapter, colour: 'red' }, /no option "colour"\. It has adapter, signingSecret/],
    ['a misspelt event', { adapter, on: { 'user.create': () => {} } }, /did you mean "user\.created"/],
    ['an event in the plural', { adapter, on: { 'users.created': () => {} } }, /did you mean "user\.created"/],
    ['an event in snake_case', { adapter, on: { user_created: () => {} } }, /did you mean "user\.created"/],
    ['no event at all', { adapter, on: { signUp: () => {} } }, /"signUp" is no event type/],
  ])('%s', (_, options, message) => {
    expect(() => create(options)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(message) }),
    )
  })
})

describe('a value that cannot be meant is refused', () => {
  test.each([
    ['nothing', undefined, /takes an object/],
    ['no adapter', {}, /needs an adapter/],
    ['a database for an adapter', { adapter: { select() {} } }, /needs an adapter/],
    ["onDelete: 'delete'", { adapter, onDelete: 'delete' }, /'erase' \(default\) or 'keep'; "delete"/],
    ['onDelete: null', { adapter, onDelete: null }, /null is neither/],
    ['a hook that is no function', { adapter, on: { 'user.created': true } }, /must be a function/],
    ['hooks in a list', { adapter, on: [] }, /on must be an object/],
    ['maps in a function', { adapter, map: () => {} }, /map must be an object/],
    ['a map that is no function', { adapter, map: { user: {} } }, /map\.user must be a function/],
    ['a map for null', { adapter, map: { user: null } }, /map\.user must be a function.* null/],
    ['onResult: true', { adapter, onResult: true }, /onResult must be a function/],
    ['timeoutMs: 0', { adapter, timeoutMs: 0 }, /timeoutMs must be a positive/],
    ['timeoutMs beyond what timers take', { adapter, timeoutMs: 2 ** 31 }, /timeoutMs must be/],
    ["maxBodyBytes: '1mb'", { adapter, maxBodyBytes: '1mb' }, /maxBodyBytes must be/],
    ['instanceId: 7', { adapter, instanceId: 7 }, /instanceId must be/],
    ['signingSecret: 7', { adapter, signingSecret: 7 }, /malformed/],
  ])('%s', (_, options, message) => {
    expect(() => create(options)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(message) }),
    )
  })
})

test('an event type that Clerk will add is taken: it may be one of tomorrow', () => {
  expect(() => create({ adapter, on: { 'user.merged': () => {} } })).not.toThrow()
})
