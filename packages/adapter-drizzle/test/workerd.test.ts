// Deliveries that come to one Worker at the same time, in Cloudflare's own runtime over a real PostgreSQL: a request there
// that waits for what another one has sent never hears of it.
import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { clerkEvent, signedDelivery } from '@clerk-sync/testing'
import { Miniflare } from 'miniflare'
import { build } from 'tsup'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

const packageFolder = join(import.meta.dirname, '..')
// Below node_modules, so that the driver is found from there.
const outDir = join(packageFolder, `node_modules/.clerk-sync-workers/${process.pid}`)
afterAll(() => rmSync(outDir, { recursive: true, force: true }))

/** The Worker as one file, with the packages' sources. */
async function bundled(): Promise<string> {
  await build({
    config: false,
    entry: [join(import.meta.dirname, 'kit/worker.ts')],
    outDir,
    format: 'esm',
    platform: 'node',
    target: 'es2023',
    tsconfig: join(packageFolder, '../../tsconfig.json'),
    noExternal: [/.*/],
    // The driver is CommonJS, and asks for Node's modules by `require`.
    banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire('/')" },
    esbuildOptions(options) {
      options.conditions = ['workerd', 'worker']
      options.external = ['cloudflare:*', 'pg-native']
    },
    outExtension: () => ({ js: '.mjs' }),
    splitting: false,
    silent: true,
    clean: false,
  })
  return readFile(join(outDir, 'worker.mjs'), 'utf8')
}

let script: string
beforeAll(async () => {
  script = await bundled()
})
const BURST = 24
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** What becomes of a burst, by its answers, by its rows, and by what the runtime says of it. */
async function burst({ looksLikeNode = false } = {}) {
  const { url, query } = await postgresTables('drizzle_workerd', onTestFinished)
  let stderr = ''
  const miniflare = new Miniflare({
    modules: true,
    script,
    compatibilityDate: '2026-07-30',
    compatibilityFlags: ['nodejs_compat'],
    bindings: { DATABASE_URL: url, SECRET, LOOKS_LIKE_NODE: looksLikeNode ? 'yes' : 'no' },
    handleRuntimeStdio: (_: Readable, lines: Readable) => void lines.on('data', (data) => (stderr += data)),
  })
  onTestFinished(() => miniflare.dispose())
  const address = await miniflare.ready
  const deliver = async (n: number, at: number) => {
    const event = clerkEvent('user.updated', { id: `user_${n}`, updated_at: 1_760_000_000_000 + at })
    const { headers, body } = signedDelivery(event, { secret: SECRET })
    const response = await fetch(address, { method: 'POST', headers, body })
    return response.status
  }
  // The first one loads what the others need.
  expect(await deliver(0, 0)).toBe(200)
  const answers = await Promise.all(Array.from({ length: BURST }, (_, n) => deliver(n, 1)))
  const [{ rows, statements } = {}] = await query(
    'select count(*)::int as rows, count(distinct xmin::text)::int as statements from users',
  )
  return { answers, rows, statements, warnings: () => stderr }
}

test('in workerd each delivery of a burst has its own statement, and all are stored', async () => {
  const { warnings, ...stored } = await burst()
  expect(stored).toEqual({ answers: Array(BURST).fill(200), rows: BURST, statements: BURST })
  expect(warnings()).toBe('')
})

test('why: together, deliveries would wait for what another request has sent, and never hear of it', async () => {
  const { answers, rows, statements } = await burst({ looksLikeNode: true })
  const failed = answers.filter((status) => status !== 200)
  expect(failed).not.toEqual([])
  expect(new Set(failed)).toEqual(new Set([503]))
  // What was to share a statement was never sent.
  expect(statements).toBe(rows)
})
