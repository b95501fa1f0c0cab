import { expect, onTestFinished, test, vi } from 'vitest'
import { applicationWith } from './support/application.ts'
import { clerkSync, jsonOf, SECRET, start } from './support/command.ts'
import { serve } from './support/server.ts'

const EVENT = '{"object":"event","type":"user.created","data":{"id":"user_1"},"timestamp":1700000000000}'

test('help is printed for the command and for each of its commands, with exit code 0', async () => {
  const cwd = applicationWith({})
  const help = await clerkSync(['--help'], { cwd })
  expect(help.code).toBe(0)
  const names = [...help.stdout.matchAll(/^ {2}([a-z]+) \[/gm)].map(([, name]) => name ?? '')
  expect(names).toContain('doctor')
  for (const name of names) {
    const { code, stdout } = await clerkSync([name, '--help'], { cwd })
    expect(stdout).toMatch(/^Usage: clerk-sync /)
    expect(stdout, name).toMatch(name === 'help' ? /./ : /\nExamples:\n {2}clerk-sync /)
    expect(code).toBe(0)
  }
})

test.each([
  ['no command', [], 'Usage: clerk-sync'],
  ['a command that is misspelt', ['doctr'], '(Did you mean doctor?)'],
  ['an option that is misspelt', ['doctor', '--modul', 'x'], '(Did you mean --module?)'],
  ['an argument too few', ['replay'], "missing required argument 'file'"],
  ['an argument too many', ['doctor', 'now'], 'too many arguments'],
  ['no web address', ['replay', '-', '--url', 'localhost:3000'], '--url must be a web address, such as http://'],
  [
    'a secret that is none',
    ['replay', '-', '--secret', 'sk_test_1'],
    "will do: node -p \"'whsec_' + crypto.randomBytes(32)",
  ],
  ['no secret', ['replay', '-'], "will do: node -p \"'whsec_' + crypto.randomBytes(32)"],
])('exit code 2 for %s, and what is right', async (_, args, message) => {
  const { code, stderr } = await clerkSync(args, { cwd: applicationWith({}), stdin: EVENT })
  expect(stderr).toContain(message)
  expect(code).toBe(2)
})

test.each([
  ['replay', ['-']],
  ['trigger', ['user.created', '--repeat', '3', '--seed', '1']],
])('Ctrl-C ends %s after the delivery under way, with exit code 130, and says what was sent', async (command, args) => {
  let requests = 0
  const url = await serve((_, response) => {
    requests++
    const answer = () => response.setHeader('content-type', 'application/json').end('{"outcome":"created"}')
    if (requests === 1) return answer()
    running.child.kill('SIGINT')
    const wait = setInterval(() => {
      if (!running.output.stderr.includes('Interrupted')) return
      clearInterval(wait)
      answer()
    }, 10)
  })
  const options = { cwd: applicationWith({}), stdin: `${EVENT}\n${EVENT}\n${EVENT}\n` }
  const running = start([command, ...args, '--url', url, '--secret', SECRET, '--json'], options)
  const ended = await running.ended
  expect(ended.code).toBe(130)
  const sent = { ok: false, interrupted: true, sent: 2, failed: 0, outcomes: { created: 2 } }
  expect(jsonOf(ended)).toMatchObject({ command, ...sent })
  expect(requests).toBe(2)
})

test('a server that ends in between: what was sent before is said', async () => {
  let requests = 0
  const url = await serve((request, response) => {
    if (++requests === 2) return request.socket.destroy()
    response.setHeader('content-type', 'application/json').end('{"outcome":"created"}')
  })
  const ended = await clerkSync(['replay', '-', '--url', url, '--secret', SECRET, '--json'], {
    cwd: applicationWith({}),
    stdin: `${EVENT}\n${EVENT}\n${EVENT}\n`,
  })
  expect(ended.code).toBe(1)
  expect(jsonOf(ended)).toEqual({
    command: 'replay',
    ok: false,
    sent: 2,
    failed: 1,
    outcomes: { created: 1, 'no answer': 1 },
    error: { code: 'failed', message: expect.stringContaining(`${url} does not answer`) },
  })
})

test('a second Ctrl-C ends at once, whatever is under way', async () => {
  const cwd = applicationWith({
    'clerk-sync.ts': "console.error('loading')\nsetInterval(() => {}, 1000)\nawait new Promise(() => {})",
  })
  const { child, output, ended } = start(['doctor'], { cwd })
  await vi.waitFor(() => expect(output.stderr).toContain('loading'), { timeout: 10_000 })
  child.kill('SIGINT')
  await vi.waitFor(() => expect(output.stderr).toContain('Ctrl-C once more ends at once'), { timeout: 10_000 })
  expect(child.exitCode).toBeNull()
  // npm sends the signal as well as the terminal, so one that follows at once is no second key.
  const again = setInterval(() => child.kill('SIGINT'), 50)
  onTestFinished(() => clearInterval(again))
  expect((await ended).code).toBe(130)
})

test('what a server answers cannot move the cursor of a terminal', async () => {
  const url = await serve((_, response) => {
    response.setHeader('content-type', 'application/json').end('{"outcome":"\\u001b[2Jcreated"}')
  })
  const { stdout } = await clerkSync(['replay', '-', '--url', url, '--secret', SECRET], {
    cwd: applicationWith({}),
    stdin: EVENT,
  })
  expect(stdout).toContain('\\u{1b}[2Jcreated')
})

test('--json is JSON, whatever the messages quote, and no secret reaches beyond its own value', async () => {
  const said = 'a\u200db\u2028c\ufeffd\u{e0041}e\u009b\u007ff"\\ see https://example.com'
  const url = await serve((request, response) => {
    const outcome = request.headers['svix-id'] === 'msg_1' ? said : 'x@example.com secret"12345'
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ outcome }))
  })
  const stdin = ['msg_1', 'msg_2'].map((svix_id) => JSON.stringify({ svix_id, body: EVENT })).join('\n')
  const ended = await clerkSync(['replay', '-', '--url', url, '--secret', SECRET, '--json'], {
    cwd: applicationWith({}),
    env: { API_TOKEN: 'secret"12345' },
    stdin,
  })
  expect(jsonOf(ended)).toEqual({
    command: 'replay',
    ok: true,
    sent: 2,
    failed: 0,
    outcomes: { [said]: 1, 'x@example.com …': 1 },
  })
  expect(ended.stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
})
