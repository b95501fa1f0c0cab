import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { LinkClaims } from '../../src/clerk-api/link-claims.ts'

const USERS = 200_000

test('a value that two users match by is contested, for those who were read and for others', () => {
  const claims = new LinkClaims()
  claims.add('user_1', 'a@example.com')
  claims.add('user_2', 'b@example.com')
  claims.add('user_3', 'b@example.com')
  const contested = (id: string, value: string) => claims.isContested(id, value)
  expect([contested('user_1', 'a@example.com'), contested('user_9', 'a@example.com')]).toEqual([false, true])
  expect([contested('user_2', 'b@example.com'), contested('user_3', 'b@example.com')]).toEqual([true, true])
  expect(contested('user_9', 'c@example.com')).toBe(false)
})

test(`${USERS} users who match take less than 16 MiB`, () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const alive = () => {
    collectGarbage()
    const { heapUsed, external } = process.memoryUsage()
    return (heapUsed + external) / 2 ** 20
  }
  const before = alive()
  const claims = new LinkClaims()
  for (let n = 0; n < USERS; n++) claims.add(`user_${n}`, `user${n}@example.com`)
  expect(alive() - before).toBeLessThan(16)
  const contested = Array.from({ length: USERS }, (_, n) => claims.isContested(`user_${n}`, `user${n}@example.com`))
  expect(contested.filter(Boolean)).toEqual([])
})
