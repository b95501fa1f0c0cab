// What a run takes: options with their defaults, and the checkpoint that it goes on from.
import { describe, expect, test } from 'vitest'
import { resolveApi } from '../../src/clerk-api/api-options.ts'
import { loadCheckpoint, optionsHash } from '../../src/clerk-api/checkpoint.ts'
import { failsWith } from './setting.ts'

describe('the options of a run', () => {
  const resolve = (options: object) => resolveApi('test', { secretKey: 'sk_test_1', ...options })

  test('have defaults, by the kind of instance', () => {
    const rest = { timeoutMs: 30_000, retries: 8, maxWaitMs: Number.POSITIVE_INFINITY, signal: undefined }
    expect(resolve({})).toMatchObject({ secretKey: 'sk_test_1', requestsPer10s: 30, ...rest })
    expect(resolve({ secretKey: 'sk_live_1' })).toMatchObject({ requestsPer10s: 300, ...rest })
    const limits = { requestsPer10s: 0.5, timeoutMs: 1, retries: 0, maxWaitMs: 0 }
    expect(resolve({ limits })).toMatchObject(limits)
  })

  test.each([
    ['http://localhost:1', 'http://localhost:1'],
    ['https://api.example.com/v1', 'https://api.example.com'],
    ['https://api.example.com/v1/', 'https://api.example.com'],
    ['https://api.example.com//', 'https://api.example.com'],
    ['https://api.example.com/proxy', 'https://api.example.com/proxy'],
  ])('have the address %s as %s', (apiUrl, expected) => {
    expect(resolve({ apiUrl }).apiUrl).toBe(expected)
  })

  test.each<[options: object, message: RegExp]>([
    [{ secretKey: 'pk_test_1' }, /none of Clerk's/],
    [{ secretKey: 'sk_' }, /none of Clerk's/],
    [{ secretKey: 'sk_test 1' }, /none of Clerk's/],
    [{ secretKey: ' sk_test_1' }, /none of Clerk's/],
    [{ secretKey: 5 }, /none of Clerk's/],
    [{ secretKey: '', clerkClient: {} }, /there is no secret key.*does not show its own/],
    [{ secretKey: '' }, /there is no secret key.*of your instance in the Clerk Dashboard\.$/],
    [{ apiUrl: 'ftp://localhost' }, /apiUrl/],
    [{ apiUrl: 'localhost' }, /apiUrl/],
    [{ apiUrl: 'xhttps://localhost' }, /apiUrl/],
    [{ limits: { retrys: 1 } }, /limits has no option "retrys": did you mean "retries"/],
    [{ limits: { requestsPer10s: 0 } }, /requestsPer10s must be a number above 0/],
    [{ limits: { requestsPer10s: Number.POSITIVE_INFINITY } }, /requestsPer10s/],
    [{ limits: { requestsPer10s: '5' } }, /requestsPer10s/],
    [{ limits: { timeoutMs: 0 } }, /timeoutMs must be a positive/],
    [{ limits: { timeoutMs: 1.5 } }, /timeoutMs/],
    [{ limits: { timeoutMs: 2 ** 31 } }, /timeoutMs/],
    [{ limits: { retries: -1 } }, /retries must be a whole number/],
    [{ limits: { maxWaitMs: -1 } }, /maxWaitMs must be a whole number/],
    [{ signal: {} }, /signal must be an AbortSignal/],
  ])('cannot be %o', (options, message) => {
    expect(() => resolve(options)).toThrow(failsWith('config_invalid', message))
  })
})

describe('a checkpoint', () => {
  const load = (loaded: unknown, options = 'abc') => loadCheckpoint({ load: () => loaded, save: () => {} }, options)

  test('is the one that was saved with these options, or none', async () => {
    const saved = { format: 1, options: 'abc', entity: 'user' }
    expect(await load(saved)).toBe(saved)
    expect(await load(Promise.resolve(saved))).toBe(saved)
    expect([await load(undefined), await load(null), await loadCheckpoint(undefined, 'abc')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test.each([[{ format: 1, options: 'abd' }], [{ format: 2, options: 'abc' }], [{}], ['abc'], [0]])(
    'is not %o',
    async (saved) => {
      await expect(load(saved)).rejects.toEqual(failsWith('config_invalid', /of a run with other options/))
    },
  )

  test.each([[{ load: () => {} }], [{ save: () => {} }], [{ load: 1, save: () => {} }]])(
    'is not kept by %o',
    async (store) => {
      await expect(loadCheckpoint(store as never, 'abc')).rejects.toEqual(
        failsWith('config_invalid', /must have load\(\) and save/),
      )
    },
  )

  test('depends on each of the options', () => {
    const hashes = [['a', 'b'], ['ab'], ['b', 'a'], ['a', 'b', 'c'], ['a']].map((parts) => optionsHash(...parts))
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})
