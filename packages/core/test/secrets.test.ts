import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ClerkSyncError, checkSecrets, createClerkSync } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { OTHER_SECRET, requestFor, SECRET } from './fixtures/signing.ts'
import { answerOf } from './fixtures/sync.ts'

const VARIABLE = 'CLERK_WEBHOOK_SIGNING_SECRET'
const adapter = () => memoryAdapter({ users: { columns: { email: {} } } })
const request = () => requestFor(envelope('user.created', user()))

beforeEach(() => void vi.stubEnv(VARIABLE, undefined))
afterEach(() => void vi.unstubAllEnvs())

function create(signingSecret: string | readonly string[] | undefined) {
  return createClerkSync({ adapter: adapter(), signingSecret, onResult: () => {} })
}

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

describe('a malformed secret is refused at creation', () => {
  const malformed: [string, string | string[]][] = [
    ['without its prefix', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['with the prefix alone', 'whsec_'],
    ['of another alphabet', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_'],
    ['of a length that base64 cannot have', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwX'],
    ['with padding in the middle', 'whsec_MfKQ=9r8GKYqrTwjUPD8ILPZIo2LaLaS'],
    ['with a space before', ` ${SECRET}`],
    ['with a line break after', `${SECRET}\n`],
    ['with a space inside', 'whsec_MfKQ9r8GKYqr TwjUPD8ILPZIo2LaLaSw'],
    ['in quotes', `"${SECRET}"`],
    ['that is the secret key of the API', 'sk_test_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['that is a publishable key', 'pk_test_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['with an upper-case prefix', 'WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['that is none of several, joined', `${SECRET},${OTHER_SECRET}`],
    ['in an empty array', []],
    ['beside a good one', [SECRET, 'sk_test_x']],
    ['empty, in an array', ['']],
  ]

  test.each(malformed)('%s', (_, signingSecret) => {
    const error = thrownBy(() => create(signingSecret))
    expect(error).toMatchObject({ code: 'config_invalid', status: 500 })
    expect(ClerkSyncError.is(error)).toBe(true)
    // Nothing of it may reach a log, whether in the message or further down.
    for (let at = error; at instanceof Error; at = at.cause) {
      expect(`${at.message}${at.stack}`).not.toMatch(/MfKQ9r8|UPD8ILPZ|sk_test_x/)
    }
    expect((error as Error).message).toMatch(/whsec_|at least one/i)
  })

  test.each(['sk_test_MfKQ9r8GKY', 'pk_live_MfKQ9r8GKY'])('that is an API key says so', (key) => {
    expect(thrownBy(() => create(key))).toMatchObject({
      message: expect.stringMatching(/begins with "[sp]k_", as Clerk's API keys do: it is "whsec_"/),
    })
  })

  test('from the environment too', () => {
    vi.stubEnv(VARIABLE, `'${SECRET}'`)
    expect(thrownBy(() => create(undefined))).toMatchObject({ code: 'config_invalid' })
  })
})

describe('a missing secret', () => {
  test.each([undefined, ''])('(%s) creates, since builds evaluate route modules without one', async (signingSecret) => {
    const store = adapter()
    const messages: string[] = []
    const clerkSync = createClerkSync({
      adapter: store,
      signingSecret,
      onResult: (result) => void (result.ok || messages.push(result.error.message)),
    })
    expect(await answerOf(await clerkSync.handler(request()))).toMatchObject({
      status: 500,
      body: '{"code":"config_invalid"}',
    })
    expect(messages).toEqual([expect.stringContaining(`${VARIABLE} (node reads .env with --env-file alone)`)])
    expect(store.rows('users')).toEqual([])
    await expect(clerkSync.verify({ headers: {}, body: '' })).rejects.toMatchObject({ code: 'config_invalid' })
  })

  test('is taken from the environment once it is there, and kept', async () => {
    const clerkSync = create(undefined)
    expect((await clerkSync.handler(request())).status).toBe(500)
    vi.stubEnv(VARIABLE, SECRET)
    expect((await clerkSync.handler(request())).status).toBe(200)
    vi.stubEnv(VARIABLE, undefined)
    expect((await clerkSync.handler(request())).status).toBe(200)
  })

  test('that turns up malformed is said with the delivery', async () => {
    const clerkSync = create(undefined)
    vi.stubEnv(VARIABLE, 'whsec_%')
    const result = await clerkSync.receive({ headers: {}, body: '' })
    expect(result).toMatchObject({ ok: false, status: 500, error: { code: 'config_invalid' } })
  })
})

test('the environment is not asked when a secret is given', async () => {
  vi.stubEnv(VARIABLE, OTHER_SECRET)
  expect((await create(SECRET).handler(request())).status).toBe(200)
  expect((await create(undefined).handler(request())).status).toBe(400)
})

describe('a process that would rather not start without secrets', () => {
  const refused = (message: RegExp) =>
    expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(message) })

  test('is told that there is none, and of one that the environment has by now', () => {
    const clerkSync = create(undefined)
    expect(thrownBy(() => checkSecrets(clerkSync))).toEqual(refused(/There is no signing secret/))
    vi.stubEnv(VARIABLE, 'whsec_hush!')
    expect(thrownBy(() => checkSecrets(clerkSync))).toEqual(refused(/^The signing secret is malformed/))
    vi.stubEnv(VARIABLE, SECRET)
    checkSecrets(clerkSync, { retiredSecrets: [OTHER_SECRET] })
  })

  test('is told which of the retired ones is malformed, and never of the one that is right', () => {
    const error = thrownBy(() => checkSecrets(create(SECRET), { retiredSecrets: [OTHER_SECRET, 'whsec_hush!'] }))
    expect(error).toEqual(refused(/^retiredSecrets\[1\] is malformed: it is "whsec_" and base64/))
    expect(String(error)).not.toMatch(new RegExp(`hush|${VARIABLE}`))
  })

  test.each<[retiredSecrets: unknown, message: RegExp]>([
    [OTHER_SECRET, /^retiredSecrets is an array of secrets\.$/],
    [null, /^retiredSecrets is an array of secrets\.$/],
    [[undefined], /^retiredSecrets\[0\] is undefined: the environment variable .* is not set/],
    [[OTHER_SECRET, undefined], /^retiredSecrets\[1\] is undefined: the environment variable .* is not set/],
  ])('is told of retired secrets that are %o', (retiredSecrets, message) => {
    const error = thrownBy(() => checkSecrets(create(SECRET), { retiredSecrets: retiredSecrets as never }))
    expect(error).toEqual(refused(message))
  })

  test('is told of what createClerkSync did not return', () => {
    const { verify } = create(SECRET)
    expect(thrownBy(() => checkSecrets({ verify }))).toEqual(
      refused(/^checkSecrets\(clerkSync\) takes what createClerkSync returned/),
    )
    expect(thrownBy(() => checkSecrets({ verify }, {}, 'work(clerkSync)'))).toEqual(refused(/^work\(clerkSync\) takes/))
  })
})
