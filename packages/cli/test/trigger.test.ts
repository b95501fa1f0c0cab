import { verifyWebhook } from '@clerk/backend/webhooks'
import { eventTypes, scenarios, startClerkApi } from '@clerk-sync/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { applicationWith } from './support/application.ts'
import { clerkSync, jsonOf, SECRET } from './support/command.ts'
import { serve, serveLibrary } from './support/server.ts'

const env = { CLERK_WEBHOOK_SIGNING_SECRET: SECRET }

function trigger(args: readonly string[], url: string, more: Readonly<Record<string, string>> = {}) {
  return clerkSync(['trigger', ...args, '--url', url], { cwd: applicationWith({}), env: { ...env, ...more } })
}

/** As far as the tests look at it. */
interface Sent {
  readonly data: {
    readonly id: string
    readonly user_id?: string
    readonly updated_at: number
    readonly email_addresses: readonly { readonly email_address: string }[]
  }
}

/** A server that takes everything, and keeps it. */
async function record() {
  const requests: Request[] = []
  const url = await serve(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const headers = new Headers(
      Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]),
    )
    requests.push(new Request('http://localhost/', { method: 'POST', headers, body: Buffer.concat(chunks) }))
    response.setHeader('content-type', 'application/json').end('{"outcome":"created"}')
  })
  const events = () => Promise.all(requests.map(async (request) => (await request.clone().json()) as Sent))
  const ids = () => requests.map((request) => request.headers.get('svix-id'))
  return { url, requests, events, ids }
}

test('a made-up user is stored as Clerk would have it', async () => {
  const { url, adapter } = await serveLibrary()
  const { code, stdout } = await trigger(['user.created'], url)
  expect(code).toBe(0)
  const [row, ...others] = adapter.rows('users')
  expect(others).toEqual([])
  expect(stdout).toMatch(new RegExp(`^200 created user.created ${row?.id} \\d+ ms$`, 'm'))
  expect(row?.email).toMatch(/@example\.com$/)
})

test('--user and --set say what is about whom, down to the elements of lists', async () => {
  const { url, adapter } = await serveLibrary()
  const sets = ['first_name=Ada', 'email_addresses.0.email_address=ada@example.org', 'public_metadata.plan={"seats":3}']
  await trigger(['user.created', '--user', 'user_ada', ...sets.flatMap((set) => ['--set', set])], url)
  await trigger(['organizationMembership.created', '--user', 'user_ada', '--set', 'role=org:admin'], url)
  expect(adapter.rows('users')).toMatchObject([{ id: 'user_ada', firstName: 'Ada', email: 'ada@example.org' }])
  expect(adapter.rows('organizationMemberships')).toMatchObject([{ userId: 'user_ada', role: 'org:admin' }])
  await trigger(['user.deleted', '--user', 'user_ada'], url)
  expect(adapter.rows('users')).toMatchObject([{ id: 'user_ada', email: null }])
})

test('a user that is named has the same name each time, and a session of theirs is another each time', async () => {
  const { url, events } = await record()
  for (const type of ['user.updated', 'user.updated', 'session.created', 'session.created']) {
    await trigger([type, '--user', 'user_ada'], url)
  }
  const [first, second, session, other] = (await events()).map(({ data }) => data)
  expect(second?.email_addresses[0]?.email_address).toBe(first?.email_addresses[0]?.email_address)
  expect(second?.updated_at).toBeGreaterThan(first?.updated_at ?? Number.POSITIVE_INFINITY)
  expect([session?.user_id, other?.user_id]).toEqual(['user_ada', 'user_ada'])
  expect(session?.id).not.toBe(other?.id)
})

/** A name that leads nowhere. */
const ELSEWHERE = 'http://app.invalid/api/webhooks/clerk'

describe('a user whom Clerk has', () => {
  async function withUser() {
    const api = await startClerkApi()
    onTestFinished(() => api.close())
    const user = await api.users.create()
    const keys = { CLERK_SECRET_KEY: api.secretKey, CLERK_API_URL: api.url }
    return { user, keys, ...(await serveLibrary()) }
  }

  test('is sent as Clerk has it, but for --set, and nothing is made up', async () => {
    const { user, keys, url, adapter } = await withUser()
    const { code } = await trigger(['user.updated', '--user', user.id, '--set', 'first_name=Ada'], url, keys)
    expect(code).toBe(0)
    const email = user.email_addresses.find(({ id }) => id === user.primary_email_address_id)?.email_address
    expect(adapter.rows('users')).toMatchObject([{ id: user.id, email, firstName: 'Ada' }])
  })

  test('with --set it is newer than what Clerk has, which a row may have already', async () => {
    const { user, keys, url, adapter } = await withUser()
    await trigger(['user.created', '--user', user.id], url, keys)
    const { code } = await trigger(['user.updated', '--user', user.id, '--set', 'first_name=Ada'], url, keys)
    expect(code).toBe(0)
    expect(adapter.rows('users')).toMatchObject([{ id: user.id, firstName: 'Ada' }])
  })

  test('on this machine is deleted where that is asked for', async () => {
    const { user, keys, url, adapter } = await withUser()
    await trigger(['user.created', '--user', user.id], url, keys)
    expect(await trigger(['user.deleted', '--user', user.id], url, keys)).toMatchObject({ code: 0 })
    expect(adapter.rows('users')).toMatchObject([{ id: user.id, deletedAt: expect.any(Date) }])
  })

  test('on this machine is made up where Clerk does not have it, or cannot be asked, and that is said', async () => {
    const { user, keys, url, adapter } = await withUser()
    const { keys: others } = await withUser()
    const refused = { ...keys, CLERK_SECRET_KEY: 'sk_test_of_another' }
    for (const given of [{}, others, refused]) {
      const { code, stderr } = await trigger(['user.updated', '--user', user.id], url, given)
      expect(stderr).toContain(`Of ${user.id}, what is sent is made up`)
      expect(code).toBe(0)
    }
    expect(adapter.rows('users')).toMatchObject([{ id: user.id, email: expect.stringMatching(/@example\.com$/) }])
  })

  describe('elsewhere', () => {
    test('is not erased by a delete that Clerk knows nothing of', async () => {
      const { user, keys } = await withUser()
      for (const args of [
        ['--user', user.id],
        ['--set', `id=${user.id}`],
      ]) {
        const refused = await trigger(['user.deleted', ...args], ELSEWHERE, keys)
        expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('a delete is final') })
      }
    })

    test.each(['user.created', 'user.updated', 'user.deleted'])(
      'is not replaced without the key to ask: %s',
      async (type) => {
        const { user } = await withUser()
        const { code, stderr } = await trigger([type, '--user', user.id], ELSEWHERE)
        expect(stderr).toContain('Set CLERK_SECRET_KEY')
        expect(code).toBe(2)
      },
    )

    test('is waited for in vain where Clerk does not say: exit code 1', async () => {
      const { user, keys } = await withUser()
      const { code, stderr } = await trigger(['user.updated', '--user', user.id], ELSEWHERE, {
        ...keys,
        CLERK_SECRET_KEY: 'sk_test_of_another',
      })
      expect(stderr).toContain('it refused CLERK_SECRET_KEY')
      expect(code).toBe(1)
    })

    test.each(['user.updated', 'user.deleted'])(
      'is not replaced where the key is of another instance, which does not have it: %s',
      async (type) => {
        const { user } = await withUser()
        const { keys } = await withUser()
        const { code, stderr } = await trigger([type, '--user', user.id], ELSEWHERE, keys)
        expect(stderr).toContain('The instance of CLERK_SECRET_KEY does not have it')
        expect(code).toBe(2)
      },
    )

    test.each([
      ['organizationMembership.deleted', 'orgmem'],
      ['role.deleted', 'role'],
    ])('%s of an id that Clerk may have is refused', async (type, prefix) => {
      const refused = await trigger([type, '--set', `id=${prefix}_${'a'.repeat(27)}`], ELSEWHERE)
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('a delete is final') })
    })

    test('is sent all the same where that is asked for', async () => {
      const { user, keys } = await withUser()
      // Nobody is there: it was not refused before.
      expect(await trigger(['user.deleted', '--user', user.id, '--made-up'], ELSEWHERE, keys)).toMatchObject({
        code: 1,
      })
    })
  })

  test('one whose id is not of the form of Clerk is made up', async () => {
    const { keys, url, adapter } = await withUser()
    await trigger(['user.created', '--user', 'user_nobody'], url, keys)
    expect(adapter.rows('users')).toMatchObject([{ id: 'user_nobody', email: expect.stringMatching(/@example\.com$/) }])
  })

  test('is not what a seed repeats', async () => {
    const { user, keys, url } = await withUser()
    const asked = await trigger(['user.updated', '--user', user.id, '--duplicate'], url, keys)
    expect(asked.stderr).toMatch(/--seed \d+ sends the same, but for what Clerk has by then$/m)
    const madeUp = await trigger(['user.updated', '--user', user.id, '--duplicate', '--made-up'], url, keys)
    expect(madeUp.stderr).toMatch(/--seed \d+ sends the same$/m)
  })
})

test('--set takes JSON where it is JSON', async () => {
  const { url, events } = await record()
  await trigger(
    ['user.updated', '--set', 'banned=true', '--set', 'public_metadata.n=3', '--set', 'first_name=true story'],
    url,
  )
  expect(await events()).toMatchObject([
    { data: { banned: true, public_metadata: { n: 3 }, first_name: 'true story' } },
  ])
})

test('--repeat, --duplicate and --shuffle: so many users, each delivery twice, in an order that the seed repeats', async () => {
  const { url, adapter } = await serveLibrary()
  const args = ['user.created', '--repeat', '5', '--duplicate', '--shuffle', '--seed', '7', '--json']
  const ended = await trigger(args, url)
  expect(jsonOf(ended)).toEqual({
    command: 'trigger',
    ok: true,
    sent: 10,
    failed: 0,
    outcomes: { created: 5, unchanged: 5 },
    seed: 7,
  })
  expect(adapter.rows('users')).toHaveLength(5)
  const [first, second] = [await record(), await record()]
  await trigger(args, first.url)
  await trigger(args, second.url)
  const people = async ({ events }: typeof first) => (await events()).map(({ data }) => data.id)
  expect(await people(first)).toEqual(await people(second))
  const sorted = (await people(first)).toSorted()
  expect(new Set(sorted).size).toBe(5)
  // Each twice, and not as a row of pairs.
  expect(sorted.filter((_, n) => n % 2 === 0)).toEqual(sorted.filter((_, n) => n % 2 === 1))
  expect((await people(first)).every((id, n, all) => n % 2 === 0 || id === all[n - 1])).toBe(false)
  expect(new Set(first.ids()).size).toBe(5)
})

test('every event type and every scenario is listed', async () => {
  const { stdout, code } = await clerkSync(['trigger', '--list'], { cwd: applicationWith({}) })
  expect(code).toBe(0)
  for (const name of [...eventTypes, ...Object.keys(scenarios)])
    expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'))
})

test('what is sent passes verifyWebhook of @clerk/backend: every event type', async () => {
  const { url, requests } = await record()
  expect(await trigger(eventTypes, url)).toMatchObject({ code: 0 })
  const verified = await Promise.all(requests.map((request) => verifyWebhook(request, { signingSecret: SECRET })))
  expect(verified.map(({ type }) => type)).toEqual(eventTypes)
  expect((await Promise.all(verified)).every(({ data }) => typeof data === 'object')).toBe(true)
})

describe('scenarios', () => {
  test.each(['session-first', 'member-first', 'shuffled'])('%s is stored without an error', async (name) => {
    const { url } = await serveLibrary()
    const ended = await trigger(['--scenario', name, '--json'], url)
    expect(jsonOf(ended)).toMatchObject({ ok: true, failed: 0 })
  })

  test('delete-before-create leaves the user deleted', async () => {
    const { url, adapter, answers } = await serveLibrary()
    await trigger(['--scenario', 'delete-before-create'], url)
    expect(answers[0]).toBe('deleted')
    expect(adapter.rows('users')).toMatchObject([{ email: null, deletedAt: expect.any(Date) }])
  })
})

test.each([
  ['no event', [], 'Which event?'],
  ['a type that is misspelt', ['user_created'], 'Did you mean user.created?'],
  ['a verb that is not there', ['user.banned'], 'There are user.created, user.deleted, user.updated'],
  ['an event of no user', ['role.created', '--user', 'user_1'], '--user: role.created is about no user'],
  ['a value that is missing', ['user.created', '--set', 'first_name'], 'has no value'],
  ['a path that is none', ['user.created', '--set', '__proto__.a=1'], 'a path is names'],
  ['a number that is none', ['user.created', '--repeat', '0'], 'takes a positive whole number'],
  ['a scenario that is not there', ['--scenario', 'wedding'], 'There are sign-up, '],
  ['a scenario and an event', ['user.created', '--scenario', 'sign-up'], 'not both'],
  ['a scenario and a user', ['--scenario', 'sign-up', '--user', 'user_1'], '--user is for events'],
])('exit code 2 for %s', async (_, args, message) => {
  const { url, requests } = await record()
  const { code, stderr } = await trigger(args, url)
  expect(stderr).toContain(message)
  expect(code).toBe(2)
  expect(requests).toEqual([])
})

test('a made-up user is deleted by the command that is printed after it', async () => {
  const { url, adapter } = await serveLibrary()
  const { stderr } = await trigger(['user.created'], url)
  const [, args = ''] = /^ {6}Clerk has no such user\. .*: clerk-sync trigger (user\.deleted .*)$/m.exec(stderr) ?? []
  expect((await trigger(args.split(' '), url)).code).toBe(0)
  expect(adapter.rows('users')).toMatchObject([{ email: null, deletedAt: expect.any(Date) }])
})

test('of an error that is no answer of the library, the log of the server is named', async () => {
  const url = await serve((_, response) => response.writeHead(500).end('Internal Server Error'))
  const { code, stderr } = await trigger(['user.created'], url)
  expect(stderr).toMatch(/^ {6}It is no answer of clerk-sync, .*The server's log says why\.$/m)
  expect(code).toBe(1)
})
