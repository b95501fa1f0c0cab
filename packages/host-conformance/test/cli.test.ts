import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RawDelivery } from '@clerk-sync/core'
import { toNodeHandler } from '@clerk-sync/core/node'
import { expect, onTestFinished, test } from 'vitest'
import { library, SECRET, serve } from './server.ts'

const CLI = join(import.meta.dirname, '../src/cli.ts')

function run(args: readonly string[], secret?: string, cwd = import.meta.dirname) {
  const { CLERK_WEBHOOK_SIGNING_SECRET: _, ...others } = process.env
  const env = secret === undefined ? others : { ...others, CLERK_WEBHOOK_SIGNING_SECRET: secret }
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [CLI, ...args], { env, cwd }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    )
  })
}

test('prints a line for each case, and says what stays', async () => {
  const { clerkSync } = library()
  const { url, close } = await serve(toNodeHandler(clerkSync))
  onTestFinished(close)
  const { code, stdout } = await run(['--url', url, '--secret', SECRET])
  expect(stdout).toMatch(/^ok {4}a created user is stored: 200 created$/m)
  expect(stdout).toMatch(/^14 passed, 0 failed$/m)
  expect(stdout).toContain("The answers were looked at, and no rows. 5 refusals in the server's log are of this run.")
  expect(stdout).toMatch(
    /tombstones\. They go in this order.*\n {2}delete from <.*your hooks fill> where .* in \(select .* from users where .*%'\)\n {2}delete from users where <the column of the Clerk id> like 'user_clerksyncconformance%'$/m,
  )
  expect(code).toBe(0)
})

/** A folder of an application that has these files. */
function applicationWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  return folder
}

const next = JSON.stringify({ dependencies: { next: '*' } })
const setting = (secret: string) => `CLERK_WEBHOOK_SIGNING_SECRET="${secret}" # of the endpoint\n`

test.each([
  [
    'the strongest that Next.js reads',
    { 'package.json': next, '.env.local': setting(SECRET), '.env': setting('no') },
    [],
    '.env.local',
  ],
  [
    'the one that is named',
    { 'package.json': next, '.env.local': setting('no'), 'other.env': setting(SECRET) },
    ['--env'],
    'other.env',
  ],
])('the secret is found in the .env files, as clerk-sync finds it: %s', async (_, files, args, found) => {
  const { clerkSync } = library()
  const { url, close } = await serve(toNodeHandler(clerkSync))
  onTestFinished(close)
  const cwd = applicationWith(files)
  const env = args.flatMap((name) => [name, join(cwd, 'other.env')])
  const { code, stdout } = await run(['--url', url, ...env], undefined, cwd)
  expect(stdout).toMatch(/^14 passed, 0 failed$/m)
  expect(stdout).toContain(`Signed with the secret of ${found}.`)
  expect(code).toBe(0)
})

test.each([
  ['--secret', ['--secret', SECRET], undefined],
  ['CLERK_WEBHOOK_SIGNING_SECRET of the environment', [], SECRET],
])('a secret that is given needs no package.json that can be read: %s', async (origin, args, variable) => {
  const { clerkSync } = library()
  const { url, close } = await serve(toNodeHandler(clerkSync))
  onTestFinished(close)
  const { code, stdout } = await run(['--url', url, ...args], variable, applicationWith({ 'package.json': '{' }))
  expect(stdout).toContain(`Signed with the secret of ${origin}.\n14 passed, 0 failed`)
  expect(code).toBe(0)
})

test('a secret that is given and empty, as of a variable that is not set, is not sought in files', async () => {
  const cwd = applicationWith({ 'package.json': next, '.env': setting(SECRET) })
  const { code, stderr } = await run(['--url', 'http://localhost', '--secret', ''], undefined, cwd)
  expect(stderr).toContain('There is no secret')
  expect(code).toBe(2)
})

test('where no file has the secret, the files that were read are named', async () => {
  const cwd = applicationWith({ 'package.json': next, '.env': 'PORT=3000\n' })
  const { code, stderr } = await run(['--url', 'http://localhost'], undefined, cwd)
  expect(stderr).toContain('There is no secret')
  expect(stderr).toContain('that were read: .env.\n')
  expect(code).toBe(2)
})

test('promises no more than the answers show: whose a 404 may be, and nothing of rows', async () => {
  const { clerkSync } = library()
  const receive = toNodeHandler(clerkSync)
  const { url, close } = await serve((request, response) => {
    if (request.method === 'POST') return receive(request, response)
    response.writeHead(404).end('No such page')
  })
  onTestFinished(close)
  const { stdout } = await run(['--url', url, '--secret', SECRET])
  expect(stdout).toMatch(/^ok {4}GET: 405, or 404 of the router$/m)
  expect(stdout).toMatch(/^ok {4}a body that was tampered with: 400 signature_mismatch$/m)
  expect(stdout).not.toContain('nothing is stored')
})

test('ends after two cases where nothing answers, with what that may be', async () => {
  const { url, close } = await serve(() => {})
  await close()
  const { code, stdout } = await run(['--url', url, '--secret', SECRET])
  expect(stdout).toMatch(
    /^FAIL .*\n {6}POST .* had no answer: .*ECONNREFUSED.*\n {6}Nothing answers.*-H out\.\nFAIL .*\n {6}As above\.\n/,
  )
  expect(stdout).toMatch(/^0 passed, 2 failed; the other cases were not sent\n$/m)
  expect(stdout).not.toContain('delete from')
  expect(code).toBe(1)
})

test('says what a run may leave in the table whose deliveries arrived and had no answer', async () => {
  const { url, close } = await serve((request) => request.resume().once('end', () => request.socket.destroy()))
  onTestFinished(close)
  const { code, stdout } = await run(['--url', url, '--secret', SECRET])
  expect(stdout).toMatch(
    /the other cases were not sent\n2 deliveries went out and had no answer: .* may be stored.*\n {2}delete from <.*\n {2}delete from users where <the column of the Clerk id> like 'user_clerksyncconformance%'\n$/,
  )
  expect(code).toBe(1)
})

test('says that a route has a queue, and that nobody has looked behind it', async () => {
  const { clerkSync } = library()
  const receive = (delivery: RawDelivery) => clerkSync.receive(delivery, { queue: async () => true })
  const { url, close } = await serve(toNodeHandler({ receive }))
  onTestFinished(close)
  const { code, stdout } = await run(['--url', url, '--secret', SECRET])
  expect(stdout).toContain('The route has a queue, and answers "queued": what its worker stores was not looked at.')
  expect(code).toBe(0)
})

test('exits with 1 when a case fails, and says what was found', async () => {
  const { url, close } = await serve((request, response) => {
    request.resume()
    response.end('OK')
  })
  onTestFinished(close)
  const { code, stdout } = await run(['--url', url], SECRET)
  expect(stdout).toMatch(
    /^FAIL {2}a created user is stored.*\n {6}The answer was 200 OK, and 200 {"outcome":"created"}/,
  )
  expect(code).toBe(1)
})

test('prints once what cases have in common: the cause, and an answer that is the same', async () => {
  const { url, close } = await serve((request, response) => {
    request.resume()
    response.writeHead(401).end('Sign in first.')
  })
  onTestFinished(close)
  const { code, stdout } = await run(['--url', url], SECRET)
  expect(stdout.match(/An auth middleware runs before the route/g)).toHaveLength(1)
  expect(
    stdout.match(/^ {6}The answer was 401 Sign in first\., and 200 {"outcome":"created"} was expected\.$/gm),
  ).toHaveLength(1)
  expect(stdout).toMatch(/^FAIL .*an update is stored.*\n {6}As above\.$/m)
  expect(stdout).toMatch(/^ {6}The answer was 401 Sign in first\., and 413 was expected\.$/m)
  expect(code).toBe(1)
})

test('says once where a redirect leads, and of the last case that it was not tried', async () => {
  const { url, close } = await serve((request, response) => {
    request.resume()
    response.writeHead(307, { location: `/sign-in?from=${request.headers['svix-id']}` }).end('To /sign-in')
  })
  onTestFinished(close)
  const { code, stdout } = await run(['--url', url], SECRET)
  expect(stdout.match(/\/sign-in/g)).toHaveLength(1)
  expect(stdout).toMatch(/^FAIL .*are deleted\n {6}Not tried: no user was stored\.\n(?:.+\n)?0 passed, 14 failed$/m)
  expect(code).toBe(1)
})

test.each([
  ['no address', ['--secret', SECRET], '--url must be'],
  ['no web address', ['--url', 'example', '--secret', SECRET], '--url must be'],
  ['no secret', ['--url', 'http://localhost'], 'There is no secret'],
  ['no such option', ['--uri', 'http://localhost'], "Unknown option '--uri'"],
  ['a secret that is none', ['--url', 'http://localhost', '--secret', 'whsec_?'], 'whsec_'],
])('exits with 2 for %s', async (_, args, message) => {
  const { code, stderr } = await run(args)
  expect(stderr).toContain(message)
  expect(stderr).not.toContain('    at ')
  expect(code).toBe(2)
})
