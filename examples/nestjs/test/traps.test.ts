import { build, conformanceCommand, SECRET, startServer } from '@examples/testing'
import { expect, it, onTestFinished } from 'vitest'

it('without rawBody: the sender gets a code, the log names the fix', async () => {
  const cwd = new URL('trap', import.meta.url).pathname
  build(cwd, ['../../node_modules/.bin/tsc', '-p', '.', '--noCheck'])
  const server = await startServer({
    cwd,
    command: ['node', 'dist/test/trap/main.js'],
    env: { DATABASE_URL: 'mysql://127.0.0.1/never_asked', CLERK_WEBHOOK_SIGNING_SECRET: SECRET },
  })
  onTestFinished(server.stop)
  const report = await conformanceCommand(`${server.url}/api/webhooks/clerk`)
  expect(report).toMatch(/^FAIL {2}a created user is stored.*\n.*500 {"code":"raw_body_unavailable"}/)
  expect(report).toContain("A body parser runs first: the server's log names the fix.")
  expect(server.output()).toContain('NestJS: NestFactory.create(AppModule, { rawBody: true })')
})
