// clerk-sync dev, by its requests: who is refused, what is shown, what is sent. Its page is tried in test/browser.
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { clerkEvent } from '@clerk-sync/testing'
import { expect, onTestFinished, test } from 'vitest'
import { runDoctor } from '../src/dev/run-doctor.ts'
import { applicationWith } from './support/application.ts'
import { clerkSync, SECRET } from './support/command.ts'
import { devApplication } from './support/dev-application.ts'

interface Asked {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** Not fetch, which sets Host and Origin itself. */
async function ask(url: string, headers: Readonly<Record<string, string>> = {}, body?: string): Promise<Asked> {
  const asking = request(url, { method: body === undefined ? 'GET' : 'POST', headers })
  asking.end(body)
  const [response] = await once(asking, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode, headers: response.headers, text }
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** A post of the page itself. */
const pagePost = (url: string, path: string, body: object) =>
  ask(`${url}${path}`, { ...JSON_TYPE, origin: new URL(url).origin }, JSON.stringify(body))

interface Shown {
  readonly n: number
  readonly outcome: string
  readonly event?: { readonly id: string; readonly type: string; readonly data: { readonly id: string } }
}

/** The deliveries that the page shows to whoever opens it now. */
async function shownOn(url: string): Promise<readonly Shown[]> {
  const asking = request(`${url}events`)
  asking.end()
  const [response] = await once(asking, 'response')
  let text = ''
  for await (const chunk of response) {
    text += chunk
    if (text.includes('\n\n')) break
  }
  asking.destroy()
  return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '')
}

const outcomesOn = async (url: string) => (await shownOn(url)).map(({ outcome }) => outcome)

/** A user who signs up at some time of the last minute. */
const signUp = (id: string, data: object = {}) =>
  clerkEvent('user.created', { id, ...data }, { seed: id, timestamp: Date.now() - 30_000 })

test('whoever is not the page of this machine with its token is refused, and told nothing', async () => {
  const application = devApplication()
  const { url } = await application.dev(['--allow-send'])
  const { origin, port, pathname } = new URL(url)
  const token = pathname.replaceAll('/', '')
  const wrong = `${origin}/${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}/`
  expect((await ask(url)).status).toBe(200)
  expect((await ask(url, { host: `localhost:${port}` })).status).toBe(200)
  expect((await ask(`${url}state`, { origin })).status).toBe(200)
  const send = JSON.stringify({ scenario: 'sign-up' })
  const refused: Readonly<Record<string, Promise<Asked>>> = {
    'a name that leads here': ask(`${url}state`, { host: `evil.example:${port}` }),
    'another port in the Host': ask(`${url}state`, { host: '127.0.0.1' }),
    'the page of another site': ask(`${url}state`, { origin: 'https://evil.example' }),
    'a file, or a frame without an origin': ask(`${url}state`, { origin: 'null' }),
    'another server of this machine': ask(`${url}state`, { origin: 'http://127.0.0.1:3000' }),
    'no token': ask(`${origin}/`),
    'no token, and a file of the page': ask(`${origin}/page.js`),
    'a wrong token': ask(`${wrong}state`),
    'a token that is too short': ask(`${origin}/${token.slice(0, 5)}/state`),
    'a form of another site': ask(`${url}send`, { ...JSON_TYPE, origin: 'https://evil.example' }, send),
    'a post without an Origin': ask(`${url}send`, JSON_TYPE, send),
    'a form, which cannot be JSON': ask(`${url}send`, { 'content-type': 'text/plain', origin }, send),
    'a recorder without a token': ask(`${origin}/record`, JSON_TYPE, '[]'),
    "a recorder with the page's token": ask(
      `${origin}/record`,
      { ...JSON_TYPE, authorization: `Bearer ${token}` },
      '[]',
    ),
  }
  for (const [who, asking] of Object.entries(refused)) {
    const { status, text } = await asking
    expect(status, who).toBe(403)
    expect(JSON.parse(text), who).toEqual({ error: expect.any(String) })
    expect(text).not.toContain(token)
  }
  expect(application.query('select id from users')).toEqual([])
})

test('a page of the browser that has the token of applications is refused as well', async () => {
  const application = devApplication()
  const { url } = await application.dev()
  const { address, token } = application.recorder()
  const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` }
  expect((await ask(address, headers, '[]')).status).toBe(200)
  expect((await ask(address, { ...headers, origin: new URL(url).origin }, '[]')).status).toBe(403)
  expect((await ask(address, headers, '{}')).status).toBe(422)
  expect((await ask(address, headers, 'x')).status).toBe(422)
})

test('it listens on 127.0.0.1 alone, its policy lets it load nothing from elsewhere, and nothing keeps it', async () => {
  const { url } = await devApplication().dev()
  await expect(ask(url.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow('ECONNREFUSED')
  const page = await ask(url)
  const policy = String(page.headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy.match(/https?:|\*|unsafe/g)).toBeNull()
  expect(page.headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  })
  const files = [...page.text.matchAll(/(?:src|href)="(\w[\w.]*)"/g)].map(([, file]) => file)
  expect(files).toEqual(expect.arrayContaining(['page.css', 'page.js']))
  expect(page.text.replace("xmlns='http://www.w3.org/2000/svg'", '')).not.toMatch(/https?:\/\//)
})

test('the file that applications find it by is its owner’s alone, and goes with it', async () => {
  const application = devApplication()
  const { child, ended } = await application.dev()
  expect(statSync(application.recorderFile).mode & 0o777).toBe(0o600)
  child.kill('SIGINT')
  expect((await ended).code).toBe(130)
  expect(existsSync(application.recorderFile)).toBe(false)
})

test('where its port is taken it takes another', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const { url } = await devApplication().dev(['--port', String(port)])
  expect(Number(new URL(url).port)).not.toBe(port)
  expect((await ask(url)).status).toBe(200)
})

test('in production nothing is shown, and nothing else changes', async () => {
  const application = devApplication()
  const { url } = await application.dev()
  const production = await application.serve({ NODE_ENV: 'production' })
  const development = await application.serve()
  expect(await production.deliver(signUp('user_production'))).toBe('created')
  await production.end()
  expect(await development.deliver(signUp('user_development'))).toBe('created')
  await expect.poll(() => outcomesOn(url)).not.toEqual([])
  const shown = await shownOn(url)
  expect(shown.map(({ event }) => event?.data.id)).toEqual(['user_development'])
  expect(application.query('select id from users order by id')).toHaveLength(2)
  expect(production.output.stderr).toBe('')
})

test('an application that runs before the command, and after it, shows its deliveries while it runs', async () => {
  const application = devApplication()
  const server = await application.serve()
  expect(await server.deliver(signUp('user_before'))).toBe('created')
  const { url, child, ended } = await application.dev()
  expect(await server.deliver(signUp('user_beside'))).toBe('created')
  await expect.poll(() => outcomesOn(url)).toEqual(['created'])
  child.kill('SIGTERM')
  await ended
  expect(await server.deliver(signUp('user_after'))).toBe('created')
  expect(application.query('select id from users')).toHaveLength(3)
  expect(server.output.stderr).toBe('')
})

test.each([
  ['a command that was killed', 0o600, 'http://127.0.0.1:61234/record', 'it does not answer, ECONNREFUSED'],
  ['another machine', 0o600, 'http://evil.example/record', 'the file names no address of this machine'],
  ['another user', 0o644, 'http://127.0.0.1:61234/record', 'the file is not yours alone'],
])('the file of %s: deliveries are stored, none is shown, and the log says so once', async (_, mode, address, said) => {
  const application = devApplication()
  mkdirSync(join(application.recorderFile, '..'), { recursive: true })
  writeFileSync(application.recorderFile, JSON.stringify({ address, token: 'a token' }), { mode })
  const server = await application.serve()
  expect(await server.deliver(signUp('user_1'))).toBe('created')
  expect(await server.deliver(signUp('user_2'))).toBe('created')
  await expect.poll(() => server.output.stderr).toContain(said)
  expect(await server.deliver(signUp('user_3'))).toBe('created')
  expect(server.output.stderr.match(/clerk-sync: /g)).toHaveLength(1)
  expect(application.query('select id from users')).toHaveLength(3)
})

test('without --allow-send nothing is sent; and never to another machine', async () => {
  const application = devApplication()
  const server = await application.serve()
  const { url } = await application.dev(['--url', server.url])
  expect(JSON.parse((await ask(`${url}state`)).text)).toMatchObject({ maySend: false })
  const { status, text } = await pagePost(url, 'send', { scenario: 'sign-up' })
  expect(status).toBe(403)
  expect(text).toContain('--allow-send')
  expect(application.query('select id from users')).toEqual([])
  const { cwd, env } = application
  const elsewhere = await clerkSync(['dev', '--allow-send', '--url', 'https://example.com/hook'], { cwd, env })
  expect(elsewhere.code).toBe(2)
  expect(elsewhere.stderr).toContain('sends to this machine alone')
})

test('with --allow-send the page sends scenarios, deliveries once more, and dead letters to the mended application', async () => {
  const application = devApplication()
  const server = await application.serve({ PARK_AFTER_MS: '1' })
  const { url } = await application.dev(['--allow-send', '--url', server.url])
  const send = async (wish: object) => JSON.parse((await pagePost(url, 'send', wish)).text)
  const letters = async () => JSON.parse((await ask(`${url}letters`)).text)
  const names = () => application.query('select first_name from users').map((row) => row.first_name)

  expect(await send({ scenario: 'late' })).toEqual({ sent: 3, failed: 0, problems: [] })
  await expect.poll(() => outcomesOn(url)).toEqual(['created', 'updated', 'stale'])
  expect(names()).toHaveLength(1)
  const [first] = await shownOn(url)
  expect(await send({ again: first?.n })).toEqual({ sent: 1, failed: 0, problems: [] })
  await expect.poll(() => outcomesOn(url)).toEqual(['created', 'updated', 'stale', 'duplicate'])

  expect(await server.deliver(signUp('user_broken', { first_name: 'Broken' }))).toBe('parked')
  const [letter] = await letters()
  expect(letter).toMatchObject({ type: 'user.created', code: 'hook_failed' })
  expect(letter.reason).toContain('There is no template for the welcome mail')
  // Nothing was mended.
  expect(await send({ letter: letter.id })).toEqual({
    sent: 1,
    failed: 1,
    problems: ['It was parked again: the delivery says why.'],
  })
  expect(await letters()).toHaveLength(1)
  application.mend()
  expect(await send({ letter: letter.id })).toEqual({ sent: 1, failed: 0, problems: [] })
  expect(await letters()).toEqual([])
  expect(names()).toContain('Broken')

  expect(await send({ letter: letter.id })).toEqual({ error: expect.stringContaining('is parked no longer') })
  expect(await send({ again: 1000 })).toEqual({ error: 'That delivery is kept no longer.' })
  expect(await send({ scenario: 'constructor' })).toEqual({ error: expect.stringContaining('There is no scenario') })
  await server.end()
  expect(await send({ scenario: 'late' })).toEqual({
    sent: 1,
    failed: 1,
    problems: [expect.stringContaining('does not answer')],
  })
})

test('no more than the last 200 deliveries are kept', async () => {
  const application = devApplication()
  const { url } = await application.dev()
  const { address, token } = application.recorder()
  const deliveries = Array.from({ length: 250 }, (_, at) => ({ at, number: at, by: 'route', outcome: 'created' }))
  await ask(address, { ...JSON_TYPE, authorization: `Bearer ${token}` }, JSON.stringify(deliveries))
  const shown = await shownOn(url)
  expect(shown).toHaveLength(200)
  expect(shown.at(-1)?.n).toBe(250)
})

/** What applications post to the page, as `recordDeliveries` does. */
const record = ({ address, token }: { address: string; token: string }, ...deliveries: readonly object[]) =>
  ask(
    address,
    { ...JSON_TYPE, authorization: `Bearer ${token}` },
    JSON.stringify(deliveries.map((delivery) => ({ at: 0, number: 0, by: 'worker', outcome: 'created', ...delivery }))),
  )

test('of large deliveries no more are kept than a page can be sent', async () => {
  const application = devApplication()
  const { url } = await application.dev()
  for (let at = 1; at <= 12; at++) {
    const event = { id: `msg_${at}`, type: 'user.created', data: { id: 'x'.repeat(1024 * 1024) } }
    await record(application.recorder(), { at, event })
  }
  const shown = await shownOn(url)
  expect(shown.map(({ n }) => n)).toEqual([6, 7, 8, 9, 10, 11, 12])
})

test('a page that reads nothing is given up, and others are shown on', async () => {
  const application = devApplication()
  const { url } = await application.dev()
  const asking = request(`${url}events`)
  asking.end()
  const [idle] = await once(asking, 'response')
  const event = { id: 'msg_1', type: 'user.created', data: { id: 'x'.repeat(2 * 1024 * 1024) } }
  for (let at = 1; at <= 20; at++) await record(application.recorder(), { at, event })
  const reading = async () => {
    for await (const _ of idle);
  }
  await expect(reading()).rejects.toThrow('aborted')
  expect((await shownOn(url)).at(-1)?.n).toBe(20)
})

test('deliveries are shown in the order in which they were done, whichever came first', async () => {
  const application = devApplication()
  const { url } = await application.dev()
  const recorder = application.recorder()
  await record(recorder, { at: 5, number: 2, outcome: 'updated' })
  await record(recorder, { at: 7, number: 1, outcome: 'stale' })
  await record(recorder, { at: 5, number: 1, outcome: 'created' })
  expect(await outcomesOn(url)).toEqual(['created', 'updated', 'stale'])
})

test('secrets in messages of drivers and of hooks are not shown', async () => {
  const application = devApplication()
  const { url } = await application.dev()
  const secret = 'postgres://app:hunter2hunter2@db.example/app'
  const text = `cannot reach ${secret}`
  const unread = { state: 'unknown', reason: text }
  const row = { entity: 'user', key: 'user_1', updatedAt: 1, before: unread, after: unread }
  const error = { code: 'hook_failed', message: text, docs: '', causes: [`Error: ${text}\n    at x`] }
  await record(application.recorder(), { outcome: 'failed', error, row })
  const shown = JSON.stringify(await shownOn(url))
  expect(shown.match(/cannot reach postgres:\/\/…@db\.example/g)).toHaveLength(4)
  expect(shown).not.toContain('hunter2')
})

test('secrets in the reasons of dead letters are not shown', async () => {
  const application = devApplication()
  const server = await application.serve({ PARK_AFTER_MS: '1', SAID: 'postgres://app:hunter2hunter2@db.example/app' })
  const { url } = await application.dev()
  expect(await server.deliver(signUp('user_broken', { first_name: 'Broken' }))).toBe('parked')
  const { text } = await ask(`${url}letters`)
  expect(text).toContain('postgres://…@db.example')
  expect(text).not.toContain('hunter2')
})

test('an event without all of its data is not sent again', async () => {
  const application = devApplication()
  const { url } = await application.dev(['--allow-send'])
  const event = { id: 'msg_1', type: 'email.created', timestamp: 1, data: {} }
  await record(application.recorder(), { event, isPartial: true })
  const { status, text } = await pagePost(url, 'send', { again: 1 })
  expect(status).toBe(422)
  expect(text).toContain('replay it in the Clerk Dashboard')
})

test('deliveries go past the proxy of the environment', async () => {
  const proxied: unknown[] = []
  const proxy = createHttpServer((asked, response) => {
    proxied.push(asked.url)
    response.end('{}')
  }).on('connect', ({ url }, socket) => {
    proxied.push(url)
    socket.destroy()
  })
  proxy.listen(0, '127.0.0.1')
  onTestFinished(() => void proxy.close())
  await once(proxy, 'listening')
  const address = proxy.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const application = devApplication()
  const { url } = await application.dev()
  const server = await application.serve({ NODE_USE_ENV_PROXY: '1', HTTP_PROXY: `http://127.0.0.1:${port}` })
  expect(await server.deliver(signUp('user_1'))).toBe('created')
  await expect.poll(() => outcomesOn(url)).toEqual(['created'])
  expect(proxied).toEqual([])
})

test('a module of another package of the workspace: the application that runs beside the command is shown', async () => {
  const application = devApplication()
  const { cwd } = application
  const app = join(cwd, 'apps/web')
  mkdirSync(app, { recursive: true })
  writeFileSync(join(app, 'package.json'), '{}')
  const { url, child, ended } = await application.dev(['--module', join(cwd, 'clerk-sync.ts')], {}, app)
  const file = join(app, 'node_modules/.cache/clerk-sync/dev.json')
  expect(readFileSync(file, 'utf8')).toBe(readFileSync(application.recorderFile, 'utf8'))
  expect(JSON.parse((await ask(`${url}state`)).text).folders).toEqual([cwd, app].map((folder) => realpathSync(folder)))
  child.kill('SIGINT')
  await ended
  for (const one of [file, application.recorderFile]) expect(readdirSync(join(one, '..'))).toEqual([])
})

test('doctor is given the secret that the command was given, and not among its arguments', async () => {
  const application = devApplication()
  const server = await application.serve()
  const { url } = await application.dev(['--url', server.url, '--secret', SECRET], { CLERK_WEBHOOK_SIGNING_SECRET: '' })
  const { findings } = JSON.parse((await pagePost(url, 'doctor', {})).text)
  expect(findings).toContainEqual(expect.objectContaining({ check: 'signing secret', severity: 'ok' }))
})

test('a doctor that does not end is killed, and its command line is not shown', async () => {
  const cwd = applicationWith({ 'hangs.mjs': "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)" })
  const { argv } = process
  process.argv = [argv[0] ?? '', join(cwd, 'hangs.mjs')]
  onTestFinished(() => {
    process.argv = argv
  })
  const { signal } = new AbortController()
  const { error } = await runDoctor(['--env', 'of-mine'], { PATH: process.env.PATH }, signal, 1_000)
  expect(error?.message).toBe('doctor did not end within 1 s.')
  process.argv = [argv[0] ?? '', join(cwd, 'ends.mjs')]
  writeFileSync(join(cwd, 'ends.mjs'), 'process.exit(3)')
  const ended = await runDoctor(['--env', 'of-mine'], { PATH: process.env.PATH }, signal)
  expect(ended.error?.message).toBe('doctor has ended and said nothing. Run clerk-sync doctor in a terminal.')
})

test('a module without clerkSync is said, with exit code 2', async () => {
  const { code, stderr } = await clerkSync(['dev'], { cwd: applicationWith({}) })
  expect(code).toBe(2)
  expect(stderr).toContain('No module that exports clerkSync was found')
})
