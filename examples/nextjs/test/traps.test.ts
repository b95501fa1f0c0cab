import { conformanceCommand, SECRET, startServer } from '@examples/testing'
import { afterAll, expect, it } from 'vitest'

const server = await startServer({
  cwd: new URL('..', import.meta.url).pathname,
  command: ['node_modules/.bin/next', 'dev', 'test/trap', '-p', '{port}'],
  env: {
    NODE_ENV: 'development',
    NEXT_TELEMETRY_DISABLED: '1',
    NEXT_PUBLIC_CLERK_TELEMETRY_DISABLED: '1',
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: `pk_test_${btoa('clerk.example.com$')}`,
    CLERK_SECRET_KEY: 'sk_test_example',
    DATABASE_URL: 'postgres://127.0.0.1/never_asked',
    CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
  },
})
afterAll(server.stop)

it("Clerk's proxy protects the route: the sender is sent to the sign-in or finds nothing, the command names the fix", async () => {
  const route = `${server.url}/api/webhooks/clerk`
  const { status, headers } = await fetch(route, { method: 'POST', body: '{}', redirect: 'manual' })
  expect([307, 404]).toContain(status)
  expect(headers.get('x-clerk-auth-status')).toBe('signed-out')
  const report = await conformanceCommand(route)
  expect(report).toMatch(
    /^FAIL {2}a created user is stored.*\n.*The answer was (307|404).*\n.*[Mm]ake the route public/,
  )
})

it("the Pages Router's body parser: the sender gets a code, the log names the fix", async () => {
  const report = await conformanceCommand(`${server.url}/api/webhooks/clerk-pages`)
  expect(report).toMatch(/^FAIL {2}a created user is stored.*\n.*500 {"code":"raw_body_unavailable"}/)
  expect(server.output()).toContain('Next.js Pages API: export const config = { api: { bodyParser: false } }')
})
