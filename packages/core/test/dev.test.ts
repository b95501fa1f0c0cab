// What recordDeliveries sends to the page of clerk-sync dev, to a server in its place that keeps what it gets.

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ClerkEvent, createClerkSync } from '@clerk-sync/core'
import type { SyncAdapter } from '@clerk-sync/core/adapter'
import { type RecordedDelivery, recordDeliveries } from '@clerk-sync/core/dev'
import { MemoryDatabase, memoryAdapter, memorySchema } from '@clerk-sync/core/memory'
import { withOpenTelemetry } from '@clerk-sync/core/opentelemetry'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { envelope, user } from './fixtures/payloads.ts'
import { OTHER_SECRET, requestFor, SECRET } from './fixtures/signing.ts'

const tables = { users: { columns: { email: { unique: true }, firstName: {} } } } as const

function application(options: object = {}, find?: SyncAdapter['find']) {
  const plain = memoryAdapter(tables, { database: new MemoryDatabase(memorySchema(tables)), deadLetters: true })
  const adapter = { ...plain, ...(find && { find }) }
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, logger: false, ...options })
  return { clerkSync, rows: () => plain.rows('users') }
}

/** The page of a command that runs in a folder above this process. @param answer - in the place of a 200 */
async function page(answer: (response: ServerResponse) => unknown = (response) => response.end('{}')) {
  const seen: RecordedDelivery[] = []
  const tokens: (string | undefined)[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    seen.push(...JSON.parse(text))
    tokens.push(request.headers.authorization)
    answer(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'clerk-sync-dev-')))
  const file = join(folder, 'node_modules/.cache/clerk-sync/dev.json')
  const below = join(folder, 'apps/web')
  for (const one of [dirname(file), below]) mkdirSync(one, { recursive: true })
  writeFileSync(file, JSON.stringify({ address: `http://127.0.0.1:${port}/record`, token: 'the token' }), {
    mode: 0o600,
  })
  const before = process.cwd()
  process.chdir(below)
  onTestFinished(() => {
    process.chdir(before)
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { seen, tokens, file, folder, below }
}

const created = (id: string, email: string, at = Date.now()) => userEvent('user.created', id, at, withEmail(email))

test('a delivery at the route is shown with its outcome, its times, and the row before and after', async () => {
  const { seen, tokens } = await page()
  const clerkSync = recordDeliveries(application().clerkSync)
  const at = Date.now() - 5_000
  const deliver = async (type: string, firstName: string, updated: number) => {
    const response = await clerkSync.handler(
      requestFor(
        envelope(type, user({ id: 'user_1', first_name: firstName, updated_at: updated }), { timestamp: updated }),
      ),
    )
    return response.status
  }
  expect(await deliver('user.created', 'Ada', at)).toBe(200)
  await expect.poll(() => seen).toHaveLength(1)
  expect(await deliver('user.updated', 'Augusta', at + 1_000)).toBe(200)
  await expect.poll(() => seen).toHaveLength(2)
  expect(tokens).toEqual(['Bearer the token', 'Bearer the token'])
  const [first, second] = seen
  expect(first).toMatchObject({
    by: 'route',
    outcome: 'created',
    status: 200,
    row: { entity: 'user', key: 'user_1', updatedAt: at, before: { state: 'absent' } },
  })
  expect(first?.lagMs).toBeGreaterThanOrEqual(5_000)
  expect(second).toMatchObject({
    outcome: 'updated',
    event: { type: 'user.updated' },
    row: {
      before: { state: 'live', updatedAt: at, values: { firstName: 'Ada' } },
      after: { state: 'live', updatedAt: at + 1_000, values: { firstName: 'Augusta' } },
    },
  })
})

test('what was not verified is shown without an event, and what a hook threw with its stack', async () => {
  const { seen } = await page()
  const on = {
    'user.created': () => {
      throw new Error('no template', { cause: new TypeError('template is undefined') })
    },
  }
  const clerkSync = recordDeliveries(application({ on }).clerkSync)
  const event = envelope('user.created', user({ id: 'user_1' }), { timestamp: Date.now() })
  await clerkSync.handler(requestFor(event, { secret: OTHER_SECRET }))
  await expect.poll(() => seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({ outcome: 'failed', status: 400, error: { code: 'signature_mismatch', causes: [] } })
  expect(seen[0]).not.toHaveProperty('event')
  expect(seen[0]).not.toHaveProperty('row')
  await clerkSync.handler(requestFor(event))
  await expect.poll(() => seen).toHaveLength(2)
  expect(seen[1]).toMatchObject({
    outcome: 'failed',
    error: {
      code: 'hook_failed',
      causes: [
        expect.stringMatching(/^Error: no template\n {4}at .*dev\.test\.ts:\d+/),
        expect.stringMatching(/^TypeError: template is undefined\n/),
      ],
    },
    row: { before: { state: 'absent' }, after: { state: 'absent' } },
  })
})

test('what a worker applies is shown, one by one and in a list; of a long list the last hundred', async () => {
  const { seen } = await page()
  const { clerkSync, rows } = application()
  const recorded = recordDeliveries(clerkSync)
  expect(await recorded.apply(created('user_1', 'a@example.com'))).toBe('created')
  await expect.poll(() => seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({
    by: 'worker',
    outcome: 'created',
    row: { after: { values: { email: 'a@example.com' } } },
  })
  await expect(recorded.apply({ ...created('user_2', 'b@example.com'), timestamp: -1 })).rejects.toThrow('timestamp')
  await expect.poll(() => seen).toHaveLength(2)
  expect(seen[1]).toMatchObject({ outcome: 'failed', error: { code: 'payload_invalid' } })

  const many = Array.from({ length: 150 }, (_, n) => created(`user_many_${n}`, `${n}@example.com`))
  const results = await recorded.applyMany([...many, created('user_of_same_address', '149@example.com')])
  expect(results).toHaveLength(151)
  await expect.poll(() => seen).toHaveLength(102)
  expect(seen.at(-2)).toMatchObject({ outcome: 'created', row: { key: 'user_many_149', before: { state: 'absent' } } })
  expect(seen.at(-1)).toMatchObject({
    outcome: 'failed',
    error: { code: 'unique_conflict' },
    row: { key: 'user_of_same_address' },
  })
  expect(rows()).toHaveLength(151)
})

test('values that JSON does not have arrive as text', async () => {
  const { seen } = await page()
  // As drivers give them.
  const row = { id: 'user_1', count: 2n ** 60n, bytes: Buffer.from('abc'), at: new Date(0) }
  const { clerkSync } = application({}, async () => ({ row, deleted: false, synced: false, version: '0' }))
  await recordDeliveries(clerkSync).apply(created('user_1', 'a@example.com'))
  await expect.poll(() => seen).toHaveLength(1)
  expect(seen[0]?.row?.after).toEqual({
    state: 'live',
    values: { id: 'user_1', count: '1152921504606846976', bytes: '(3 bytes)', at: '1970-01-01T00:00:00.000Z' },
    updatedAt: null,
  })
})

test('a row that cannot be read is said, and the delivery is stored', async () => {
  const { seen } = await page()
  const { clerkSync, rows } = application({}, () => Promise.reject(new Error('the connection is gone')))
  expect(await recordDeliveries(clerkSync).apply(created('user_1', 'a@example.com'))).toBe('created')
  await expect.poll(() => seen).toHaveLength(1)
  const unknown = { state: 'unknown', reason: 'the connection is gone' }
  expect(seen[0]).toMatchObject({ outcome: 'created', row: { before: unknown, after: unknown } })
  expect(rows()).toHaveLength(1)
})

const withoutText = {
  'a value without text': () => Object.create(null),
  'an error whose stack cannot be read': () =>
    Object.defineProperty(new Error('no template'), 'stack', {
      get: () => {
        throw new Error('no stack')
      },
    }),
}

test.each(Object.entries(withoutText))(
  'a hook that throws %s fails as it would alone, and is shown',
  async (_, thrown) => {
    const { seen } = await page()
    const on = {
      'user.created': () => {
        throw thrown()
      },
    }
    const at = Date.now()
    async function outcomesOf(clerkSync: ReturnType<typeof application>['clerkSync']) {
      const event = created('user_1', 'a@example.com', at)
      const request = requestFor(envelope('user.created', user({ id: 'user_2', updated_at: at }), { timestamp: at }))
      return {
        answered: (await clerkSync.handler(request)).status,
        one: await clerkSync.apply(event).catch((error) => `${error.code}: ${error.message}`),
        many: (await clerkSync.applyMany([event])).map(({ error }) => `${error?.code}: ${error?.message}`),
        last: await clerkSync.apply(event, { lastAttempt: true }).catch(String),
      }
    }
    const alone = await outcomesOf(application({ on }).clerkSync)
    expect(alone).toMatchObject({ one: expect.stringContaining('hook_failed') })
    expect(await outcomesOf(recordDeliveries(application({ on }).clerkSync))).toEqual(alone)
    await expect.poll(() => seen).toHaveLength(4)
    const shown = seen.flatMap(({ error }) => (error?.code === 'hook_failed' ? error.causes : []))
    expect(shown.length).toBeGreaterThanOrEqual(3)
    expect(new Set(shown)).toEqual(new Set(['a value that has no text']))
  },
)

test('a database that rejects with a value without text changes no delivery', async () => {
  const { seen } = await page()
  const { clerkSync, rows } = application({}, () => Promise.reject(Object.create(null)))
  expect(await recordDeliveries(clerkSync).apply(created('user_1', 'a@example.com'))).toBe('created')
  await expect.poll(() => seen).toHaveLength(1)
  expect(seen[0]?.row?.before).toEqual({ state: 'unknown', reason: 'a value that has no text' })
  expect(rows()).toHaveLength(1)
})

test('a look that gets no answer is given up, and the delivery is stored', async () => {
  const { seen } = await page()
  const { clerkSync, rows } = application({}, () => new Promise(() => {}))
  expect(await recordDeliveries(clerkSync).apply(created('user_1', 'a@example.com'))).toBe('created')
  await expect.poll(() => seen, { timeout: 10_000 }).toHaveLength(1)
  const unknown = { state: 'unknown', reason: expect.stringContaining('did not answer within 1000 ms') }
  expect(seen[0]).toMatchObject({ outcome: 'created', row: { before: unknown, after: unknown } })
  expect(rows()).toHaveLength(1)
})

test('codes and links that let somebody in are shown nowhere, at the route and by a worker', async () => {
  const { seen } = await page()
  const hooked: unknown[] = []
  const on = Object.fromEntries(
    ['email.created', 'sms.created', 'organizationInvitation.created'].map((type) => [
      type,
      ({ event }: { event: ClerkEvent }) => void hooked.push(event.data),
    ]),
  )
  const recorded = recordDeliveries(application({ on }).clerkSync)
  const secret = 'let-me-in-424242'
  const events = [
    envelope('email.created', { object: 'email', id: 'ema_1', body: secret, data: { otp_code: secret } }),
    envelope('sms.created', { object: 'sms_message', id: 'sms_1', message: secret, data: { otp_code: secret } }),
    envelope('organizationInvitation.created', {
      object: 'organization_invitation',
      id: 'orginv_1',
      email_address: 'ada@example.com',
      url: `https://accounts.example.com/v1/tickets/accept?ticket=${secret}`,
    }),
  ]
  for (const event of events) {
    await recorded.handler(requestFor(event))
    const given = (id: string): ClerkEvent => ({ ...JSON.parse(event), id })
    await recorded.apply(given(`msg_worker_${hooked.length}`))
    await recorded.applyMany([given(`msg_list_${hooked.length}`)])
  }
  await expect.poll(() => seen).toHaveLength(9)
  expect(JSON.stringify(seen)).not.toContain(secret)
  expect(seen.every(({ isPartial }) => isPartial)).toBe(true)
  expect(seen.find(({ event }) => event?.type === 'organizationInvitation.created')?.event?.data).toMatchObject({
    email_address: 'ada@example.com',
  })
  // Hooks are given all.
  expect(hooked).toHaveLength(9)
  for (const data of hooked) expect(JSON.stringify(data)).toContain(secret)
})

test('what an application has put in the place of fetch sees no delivery', async () => {
  const { seen } = await page()
  const fetched = vi.spyOn(globalThis, 'fetch')
  onTestFinished(() => fetched.mockRestore())
  await recordDeliveries(application().clerkSync).apply(created('user_1', 'a@example.com'))
  await expect.poll(() => seen).toHaveLength(1)
  expect(fetched).not.toHaveBeenCalled()
})

test('deliveries are counted in the order in which they were done, whichever arrives first', async () => {
  const { seen } = await page()
  // The look at the first row after it was stored takes as long as it may.
  let looks = 0
  const slow: SyncAdapter['find'] = () => (++looks === 2 ? new Promise(() => {}) : Promise.resolve(undefined))
  const { clerkSync } = application({}, slow)
  const recorded = recordDeliveries(clerkSync)
  for (const id of ['user_1', 'user_2', 'user_3']) await recorded.apply(created(id, `${id}@example.com`))
  await expect.poll(() => seen, { timeout: 10_000 }).toHaveLength(3)
  const inOrder = seen.toSorted((one, other) => one.number - other.number).map(({ row }) => row?.key)
  expect(inOrder).toEqual(['user_1', 'user_2', 'user_3'])
  expect(seen.at(-1)?.row?.key).toBe('user_1')
})

test('a folder above that cannot be searched is no page, and no word of it is in the log', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'clerk-sync-dev-')))
  const below = join(folder, 'app')
  mkdirSync(below)
  // As one without the right to search it, which a test that runs as root would have.
  symlinkSync('node_modules', join(folder, 'node_modules'))
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const before = process.cwd()
  process.chdir(below)
  onTestFinished(() => {
    process.chdir(before)
    warn.mockRestore()
    rmSync(folder, { recursive: true, force: true })
  })
  const recorded = recordDeliveries(application().clerkSync)
  expect(await recorded.apply(created('user_1', 'a@example.com'))).toBe('created')
  expect(warn).not.toHaveBeenCalled()
})

test.each([
  ['a file that others may read', (file: string) => chmodSync(file, 0o644)],
  [
    'a pipe, which nobody writes',
    (file: string) => {
      rmSync(file)
      execFileSync('mkfifo', ['-m', '600', file])
    },
  ],
])('%s is not believed', async (_, change) => {
  const { seen, file } = await page()
  change(file)
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  expect(await recordDeliveries(application().clerkSync).apply(created('user_1', 'a@example.com'))).toBe('created')
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('the file is not yours alone'))
  expect(seen).toEqual([])
})

const written = (text: string) => (file: string) => writeFileSync(file, text)
test.each([
  ['that is no JSON', written('{')],
  ['without a token', written('{"address":"http://127.0.0.1:1/record"}')],
  ['without an address', written('{"token":"the token"}')],
  ['whose address is none', written('{"address":"127.0.0.1:1","token":"the token"}')],
  ['of another machine', written('{"address":"http://example.com/record","token":"the token"}')],
  ['that wants TLS', written('{"address":"https://127.0.0.1:1/record","token":"the token"}')],
])('a file %s gets no delivery, and is named once', async (_, change) => {
  const { seen, file } = await page()
  change(file)
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  const recorded = recordDeliveries(application().clerkSync)
  for (const id of ['user_1', 'user_2']) {
    expect(await recorded.apply(created(id, `${id}@example.com`))).toBe('created')
  }
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    `clerk-sync: ${file} is there, and its page is shown no delivery: the file names no address of this machine. ` +
      'Start clerk-sync dev again, or remove the file.',
  )
  expect(seen).toEqual([])
})

test.each([
  ['ENOENT', 0],
  ['EACCES', 1],
])('a file that is gone when it is opened is no page; one that cannot be read is named: %s', async (code, warnings) => {
  await page()
  const fs = process.getBuiltinModule('node:fs')
  const opening = vi.spyOn(fs, 'openSync').mockImplementation(() => {
    throw Object.assign(new Error(`${code}: no file`), { code })
  })
  const closing = vi.spyOn(fs, 'closeSync')
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => {
    for (const one of [opening, closing, warn]) one.mockRestore()
  })
  expect(await recordDeliveries(application().clerkSync).apply(created('user_1', 'a@example.com'))).toBe('created')
  expect(warn).toHaveBeenCalledTimes(warnings)
  if (warnings > 0) expect(warn.mock.calls[0]?.[0]).toContain(`the file cannot be read, ${code}: no file.`)
  expect(closing).not.toHaveBeenCalled()
})

test('the file of a page is closed for each delivery', async () => {
  const { file } = await page()
  const fs = process.getBuiltinModule('node:fs')
  const [opening, closing] = [vi.spyOn(fs, 'openSync'), vi.spyOn(fs, 'closeSync')]
  onTestFinished(() => {
    for (const one of [opening, closing]) one.mockRestore()
  })
  await recordDeliveries(application().clerkSync).apply(created('user_1', 'a@example.com'))
  const opened = opening.mock.calls.flatMap(([path], n) => (path === file ? [opening.mock.results[n]?.value] : []))
  expect(opened).toHaveLength(1)
  expect(closing.mock.calls.map(([descriptor]) => descriptor)).toEqual(opened)
})

describe('a page that has trouble is named by it, and no delivery notices:', () => {
  async function warningOf(
    answer: (response: ServerResponse) => unknown,
    before: (file: string) => unknown = () => {},
  ) {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    onTestFinished(() => warn.mockRestore())
    const { file } = await page(answer)
    await before(file)
    expect(await recordDeliveries(application().clerkSync).apply(created('user_1', 'a@example.com'))).toBe('created')
    const ofPage = () => warn.mock.calls.map(String).filter((text) => text.includes(file))
    await expect.poll(ofPage).toHaveLength(1)
    return ofPage()[0]
  }

  test('another answer than 200', async () => {
    expect(await warningOf((response) => response.writeHead(401).end())).toContain('no delivery: it answered 401.')
  })

  test('a connection that it ends', async () => {
    expect(await warningOf((response) => response.destroy())).toContain('no delivery: it does not answer, ECONNRESET.')
  })

  test('an address where nobody listens any more', async () => {
    const left = (file: string) => writeFileSync(file, '{"address":"http://127.0.0.1:1/record","token":"the token"}')
    expect(await warningOf(() => {}, left)).toContain('no delivery: it does not answer, ECONNREFUSED.')
  })

  test('no answer in time', async () => {
    const { timeout } = AbortSignal
    const limit = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout.call(AbortSignal, 50))
    onTestFinished(() => limit.mockRestore())
    expect(await warningOf(() => {})).toContain('no delivery: it does not answer within 2 s.')
    expect(limit).toHaveBeenCalledWith(2000)
  })
})

test('an answer of a page is read to its end, so that its connection is free', async () => {
  const { promise: answered, resolve } = Promise.withResolvers<void>()
  await page((response) => response.on('finish', resolve).end(Buffer.alloc(8 * 2 ** 20)))
  await recordDeliveries(application().clerkSync).apply(created('user_1', 'a@example.com'))
  await answered
})

test('what is no event of Clerk’s is shown as a worker was given it', async () => {
  const { seen } = await page()
  const recorded = recordDeliveries(application().clerkSync)
  await expect(recorded.apply({ id: 'msg_1', timestamp: 'now' } as never)).rejects.toThrow()
  await expect.poll(() => seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({ outcome: 'failed', event: { id: 'msg_1' }, error: { code: 'payload_invalid' } })
  for (const key of ['isPartial', 'lagMs', 'row']) expect(seen[0]).not.toHaveProperty(key)
})

test('of what is no secret, nothing is left out', async () => {
  const { seen } = await page()
  const recorded = recordDeliveries(application().clerkSync)
  const url = 'https://example.com/ada'
  const events = [
    { ...created('user_1', 'a@example.com'), data: { id: 'user_1', updated_at: 1, url } },
    {
      ...created('user_2', 'b@example.com'),
      type: 'organizationInvitation.created',
      data: { id: 'orginv_1', url: null },
    },
  ]
  for (const event of events) await recorded.apply(event as never).catch(() => {})
  await expect.poll(() => seen).toHaveLength(2)
  expect(seen.map(({ event, isPartial }) => [event?.data, isPartial])).toEqual(
    events.map(({ data }) => [data, undefined]),
  )
})

test('a file that takes the place of the one that was looked at is not believed', async () => {
  const { seen, file } = await page()
  const fs = process.getBuiltinModule('node:fs')
  const stat = fs.statSync
  const looking = vi.spyOn(fs, 'statSync').mockImplementation(((path: string, options: object) => {
    const found = stat(path, options)
    if (path === file) chmodSync(file, 0o644)
    return found
  }) as typeof stat)
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => {
    looking.mockRestore()
    warn.mockRestore()
  })
  expect(await recordDeliveries(application().clerkSync).apply(created('user_1', 'a@example.com'))).toBe('created')
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('the file is not yours alone'))
  expect(seen).toEqual([])
})

test('where files have no owner, a page is looked for in the project and below the own home alone', async () => {
  const { seen, folder, below } = await page()
  const { getuid } = process
  Object.assign(process, { getuid: undefined })
  onTestFinished(() => {
    Object.assign(process, { getuid })
    vi.unstubAllEnvs()
  })
  const recorded = recordDeliveries(application().clerkSync)
  const apply = (id: string) => recorded.apply(created(id, `${id}@example.com`))
  vi.stubEnv('HOME', join(folder, 'home'))
  writeFileSync(join(below, 'package.json'), '{}')
  await apply('user_of_a_project_below_a_folder_of_others')
  vi.stubEnv('HOME', below)
  await apply('user_of_a_home_below_a_folder_of_others')
  vi.stubEnv('HOME', folder)
  await apply('user_of_a_workspace_at_home')
  rmSync(join(below, 'package.json'))
  vi.stubEnv('HOME', below)
  await apply('user_of_a_home_that_is_no_project')
  vi.stubEnv('HOME', join(folder, 'home'))
  writeFileSync(join(folder, 'package.json'), '{}')
  await apply('user_of_a_project_elsewhere')
  await expect.poll(() => seen).toHaveLength(2)
  expect(seen.map(({ row }) => row?.key).sort()).toEqual(['user_of_a_project_elsewhere', 'user_of_a_workspace_at_home'])
})

test('no answer waits for a page that does not answer', async () => {
  const { seen } = await page(() => {})
  const { clerkSync, rows } = application()
  const response = await recordDeliveries(clerkSync).handler(
    requestFor(envelope('user.created', user({ id: 'user_1' }))),
  )
  expect(await response.json()).toEqual({ outcome: 'created' })
  expect(rows()).toHaveLength(1)
  await expect.poll(() => seen).toHaveLength(1)
})

test('it goes around telemetry, and telemetry around it', async () => {
  const { seen } = await page()
  const event: ClerkEvent = created('user_1', 'a@example.com')
  for (const wrapped of [
    recordDeliveries(withOpenTelemetry(application().clerkSync)),
    withOpenTelemetry(recordDeliveries(application().clerkSync)),
  ]) {
    expect(await wrapped.apply(event)).toBe('created')
    const response = await wrapped.handler(requestFor(envelope('user.created', user({ id: 'user_2' }))))
    expect(await response.json()).toEqual({ outcome: 'created' })
  }
  await expect.poll(() => seen.map(({ by }) => by).sort()).toEqual(['route', 'route', 'worker', 'worker'])
})

test('in production it is what was given', () => {
  vi.stubEnv('NODE_ENV', 'production')
  onTestFinished(() => void vi.unstubAllEnvs())
  const { clerkSync } = application()
  expect(recordDeliveries(clerkSync)).toBe(clerkSync)
})

test('its own result, and what createClerkSync did not return, are refused', () => {
  const recorded = recordDeliveries(application().clerkSync)
  expect(() => recordDeliveries(recorded)).toThrow('Call it once')
  expect(() => recordDeliveries({} as never)).toThrow('recordDeliveries(clerkSync) takes what createClerkSync returned')
})
