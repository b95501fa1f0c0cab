// The command clerk-sync, as `npm run clerk-sync` runs it at the root, on the tables of a server that runs.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { startClerkApi } from '@clerk-sync/testing'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { emptyDatabase } from './support/databases.ts'
import { endAll, SECRET, serve } from './support/process.ts'

vi.setConfig({ testTimeout: 240_000 })
afterAll(endAll)

const ROOT = join(import.meta.dirname, '../../..')
const TASK = join(ROOT, 'scripts/tasks/clerk-sync.mjs')

function command(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { PATH = '', HOME = '' } = process.env
  return new Promise<{ code: unknown; json: Record<string, unknown>; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [TASK, ...args, '--json'],
      { cwd: ROOT, env: { PATH, HOME, ...env } },
      (error, stdout, stderr) =>
        resolve({ code: error ? error.code : 0, json: JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''), stderr }),
    )
  })
}

test.each([
  ['drizzle', 'row'],
  ['kysely', 'row'],
  ['drizzle', 'beside'],
  ['kysely', 'beside'],
  ['prisma', 'beside'],
])(
  'with %s, versions %s: backfill fills what the server shows, doctor finds it so, trigger reaches it',
  async (ADAPTER, MODE) => {
    const api = await startClerkApi({ seed: 1, users: 12, organizations: 2, memberships: 5 })
    const { url: DATABASE_URL, remove } = await emptyDatabase('SQLite')
    const server = await serve({ DATABASE_URL, ADAPTER, MODE })
    onTestFinished(async () => {
      await server.end('SIGKILL')
      await api.close()
      await remove()
    })
    const rows = async (path: string) =>
      (await (await fetch(`${server.url}/api/${path}`)).json()) as {
        readonly id: string
        readonly deletedAt: unknown
      }[]
    const env = {
      DATABASE_URL,
      ADAPTER,
      MODE,
      PORT: new URL(server.url).port,
      CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
      CLERK_SECRET_KEY: api.secretKey,
      CLERK_API_URL: api.url,
    }
    const filled = await command(['backfill'], env)
    expect(filled, filled.stderr).toMatchObject({
      code: 0,
      json: {
        command: 'backfill',
        ok: true,
        counts: { user: { created: 12 }, organization: { created: 2 }, organizationMembership: { created: 5 } },
      },
    })
    for (const [path, kind] of [
      ['users', api.users],
      ['organizations', api.organizations],
      ['memberships', api.memberships],
    ] as const) {
      expect((await rows(path)).map(({ id, deletedAt }) => [id, deletedAt])).toEqual(
        kind
          .ids()
          .toSorted()
          .map((id) => [id, MODE === 'row' ? null : undefined]),
      )
    }
    const checked = await command(['doctor'], env)
    expect(checked, checked.stderr).toMatchObject({ code: 0, json: { errors: 0, warnings: 0 } })
    const [id = ''] = api.users.ids()
    expect(await command(['trigger', 'user.deleted', '--user', id], env)).toMatchObject({
      code: 0,
      json: { outcomes: { deleted: 1 } },
    })
    const row = (await rows('users')).find((one) => one.id === id)
    if (MODE === 'row') expect(row?.deletedAt).not.toBeNull()
    else expect(row).toBeUndefined()
  },
)
