import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { ClerkSyncError, type ErrorCode } from '@clerk-sync/core'
import { clerkEvent, signedDelivery } from '@clerk-sync/testing'
import { postgresDatabase, SECRET, startServer } from '@examples/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'

const HOUR = 3_600_000
const cwd = new URL('..', import.meta.url).pathname
const fileOf = (path: string) => readFileSync(`${cwd}/${path}`, 'utf8')

const database = await postgresDatabase('example_observability')
await database.query(fileOf('schema.sql'))
const metricsPort = await freePort()
const server = await startServer({
  cwd,
  command: ['node', '--import', './src/telemetry.ts', 'src/server.ts'],
  env: {
    DATABASE_URL: database.url,
    CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
    OTEL_TRACES_EXPORTER: 'console',
    OTEL_EXPORTER_PROMETHEUS_PORT: String(metricsPort),
  },
})
afterAll(async () => {
  await server.stop()
  await database.close()
})

async function freePort(): Promise<number> {
  const listening = createServer()
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const address = listening.address()
  await new Promise((resolve) => listening.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}

const scrape = async () => (await fetch(`http://localhost:${metricsPort}/metrics`)).text()

/** What Prometheus reads, by its name, with its labels. */
async function samples() {
  return (await scrape()).split('\n').flatMap((line) => {
    const [, name, labels, value] = /^(\w+)\{(.*)\} (\S+)/.exec(line) ?? []
    return name === undefined || labels === undefined ? [] : [{ name, labels, value: Number(value) }]
  })
}

async function send(email: string, { agoMs = 0, secret = SECRET } = {}) {
  const user = { email_addresses: [{ id: 'idn_1', email_address: email }], primary_email_address_id: 'idn_1' }
  const timestamp = Date.now() - agoMs
  const event = clerkEvent('user.created', { ...user, updated_at: timestamp } as never)
  const { headers, body } = signedDelivery({ ...event, timestamp }, { secret })
  const answer = await fetch(`${server.url}/api/webhooks/clerk`, { method: 'POST', headers, body })
  const answered = (await answer.json()) as { readonly outcome?: string; readonly code?: string }
  return { status: answer.status, ...answered }
}

beforeAll(async () => {
  expect(await send('ada@example.com')).toMatchObject({ status: 200, outcome: 'created' })
  expect(await send('ada@example.com', { agoMs: 2 * HOUR })).toMatchObject({ status: 503, code: 'unique_conflict' })
  expect(await send('ada@example.com', { agoMs: 20 * HOUR })).toMatchObject({ status: 200, outcome: 'parked' })
  const forged = { secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' }
  expect(await send('eve@example.com', forged)).toMatchObject({ status: 400, code: 'signature_mismatch' })
})

const alerts: { groups: { rules: { alert?: string; record?: string; expr: string; annotations?: object }[] }[] } =
  parse(fileOf('prometheus/alerts.yaml'))
const rules = alerts.groups.flatMap((group) => group.rules)
const dashboard: { panels: { title: string; targets: { expr: string; legendFormat: string }[] }[] } = JSON.parse(
  fileOf('grafana/dashboard.json'),
)
const expressions = [
  ...rules.map(({ alert, record, expr }) => [alert ?? record ?? '', expr] as const),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
]

test.each(expressions)('%s: its metrics and labels are what the server exports', async (_, expr) => {
  const exported = await samples()
  const recorded = rules.flatMap(({ record }) => record ?? [])
  const known = [...exported.map(({ name }) => name), ...recorded]
  const without = expr.replace(/"[^"]*"/g, '""')
  const names = without.replace(/\{[^}]*\}|\bby \([^)]*\)/g, '').match(/\bclerk_sync[\w:]*/g) ?? []
  expect(names).not.toEqual([])
  expect(names.filter((name) => !known.includes(name))).toEqual([])
  const labels = new Set([...without.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*""/g)].map(([, label]) => label))
  for (const [, list = ''] of without.matchAll(/\b(?:by|ignoring) \(([^)]*)\)/g)) labels.add(list)
  const all = exported.map((sample) => sample.labels).join(',')
  expect([...labels].filter((label) => !new RegExp(`\\b${label}="`).test(all))).toEqual([])
})

test('the errors that alerts name: those of ours, and those of the sender all', () => {
  const statusOf = (code: string) => new ClerkSyncError(code as ErrorCode, '').status
  const named = (operator: string) =>
    rules.flatMap(({ expr }) =>
      [...expr.matchAll(new RegExp(`error_type${operator}"([^"]*)"`, 'g'))].map(([, codes = '']) =>
        codes.split('|').sort(),
      ),
    )
  const [ours = [], senders = []] = [named('=~'), named('!~')]
  expect(ours.flat()).toContain('unique_conflict')
  for (const code of new Set(ours.flat())) expect(statusOf(code), code).toBeGreaterThanOrEqual(500)
  const pages = readFileSync(new URL('../../../packages/core/src/errors.ts', import.meta.url), 'utf8')
  const below = [...pages.matchAll(/^ {2}(\w+): \{ status: 4\d\d/gm)].map(([, code = '']) => code).sort()
  expect(below).toContain('signature_mismatch')
  expect(senders).toEqual([below, below])
})

test('"conflicts that stay": what was refused after an hour lies above the bucket that its rule names', async () => {
  const lags = (await samples()).filter(
    ({ name, labels }) =>
      name.startsWith('clerk_sync_delivery_lag') &&
      /error_type="unique_conflict"/.test(labels) &&
      /"failed"/.test(labels),
  )
  expect(lags.find(({ name }) => name.endsWith('_count'))?.value).toBe(1)
  expect(lags.find(({ labels }) => /le="3600"/.test(labels))?.value).toBe(0)
})

test('"dead letters": the gauge counts what the table has', async () => {
  const gauge = async () => (await samples()).find(({ name }) => name === 'clerk_sync_dead_letters')?.value
  expect(await database.query('select code from clerk_dead_letters')).toEqual([{ code: 'unique_conflict' }])
  expect(await gauge()).toBe(1)
})

test('"no delivery": its time is that of the last one that was accepted', async () => {
  const accepted = (await samples()).filter(({ name }) => name === 'clerk_sync_delivery_last_accepted')
  expect(accepted).toHaveLength(1)
  expect(Math.abs(Date.now() / 1000 - (accepted[0]?.value ?? 0))).toBeLessThan(120)
})

test('spans reach the exporter, and neither they nor the metrics have an address', async () => {
  const seen = server.output() + (await scrape())
  expect(seen).toContain("name: 'receive user.created'")
  expect(seen).toContain("'error.type': 'signature_mismatch'")
  const withoutLog = seen.replace(/^.*"level":\d+.*$/gm, '')
  expect(withoutLog).not.toMatch(/ada@example|eve@example|user_[A-Za-z0-9]{8}/)
})
