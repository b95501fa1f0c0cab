// What is printed of Redis' and BullMQ's own errors, some of which quote a command with a password or a delivery in it.
import { bullmqQueue } from '@clerk-sync/queue/bullmq'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { isForbidden, isOutage, reasonOf } from '../src/redis-errors.ts'

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED' })

test.each<[error: Error, isOutage: boolean, says: string]>([
  [refused, true, refused.message],
  [new Error('WRONGPASS invalid username-password pair'), true, 'WRONGPASS invalid username-password pair'],
  [new Error('ERR max number of clients reached'), true, 'ERR max number of clients reached'],
  [new Error("OOM command not allowed when used memory > 'maxmemory'."), false, 'OOM command not allowed'],
  [new Error('could not renew lock for job 17: ada@example.com'), false, 'could not renew lock for job 17'],
])('%s', (error, away, says) => {
  expect(isOutage(error)).toBe(away)
  expect(reasonOf(error)).toContain(says)
  expect(reasonOf(error)).not.toContain('ada@')
})

test.each([
  "ERR unknown command 'AUTH', with args beginning with: 'secret'",
  'ERR Error running script: secret',
  'secret is not a function',
])('words that may quote what was sent stay in the error: %s', (words) => {
  const error = new Error(words)
  expect(isOutage(error)).toBe(false)
  expect(reasonOf(error)).not.toContain('secret')
})

test.each([
  ["NOPERM this user has no permissions to run the 'config|get' command", true],
  ["ERR unknown command 'CONFIG', with args beginning with: 'GET'", true],
  ['LOADING Redis is loading the dataset in memory', false],
  ['Connection is closed.', false],
])('whether CONFIG is forbidden, and not away: %s', (words, forbidden) => {
  expect(isForbidden(new Error(words))).toBe(forbidden)
})

test.each([
  ['a name with a colon', { name: 'clerk:deliveries' }, /without a colon/],
  ['no name', { name: '' }, /without a colon/],
  [
    'a durability that there is not',
    { durability: 'everysec' as never },
    /'checked', which is the default, or 'given'/,
  ],
  ['a keyPrefix', { redis: new Redis({ lazyConnect: true, keyPrefix: 'app:' }) }, /has a keyPrefix/],
])('%s is refused before the first delivery', (_, given, says) => {
  const make = () => bullmqQueue({ name: 'clerk', redis: new Redis({ lazyConnect: true }), ...given })
  expect(make).toThrow(expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(says) }))
})
