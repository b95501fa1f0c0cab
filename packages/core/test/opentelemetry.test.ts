// With OpenTelemetry's own SDK: finished spans as an exporter gets them, and metrics as Prometheus scrapes them.
import { createServer } from 'node:http'
import { createClerkSync, ensureUser } from '@clerk-sync/core'
import { backfill } from '@clerk-sync/core/clerk-api'
import { MemoryDatabase, memoryAdapter, memorySchema } from '@clerk-sync/core/memory'
import { toNodeHandler } from '@clerk-sync/core/node'
import { withOpenTelemetry } from '@clerk-sync/core/opentelemetry'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { startClerkApi } from '@clerk-sync/testing'
import { context, type MetricOptions, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { Instruments } from '../src/opentelemetry/instruments.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { requestFor, SECRET } from './fixtures/signing.ts'

const tables = { users: { columns: { email: { unique: true }, firstName: {} } } } as const
const HOUR = 3_600_000
const DRIVER = 'driver'

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
})

/** Prometheus' exporter behind a server of its own, so that its port is a free one. */
async function exporter() {
  const prometheus = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true })
  const server = createServer((request, response) => prometheus.getMetricsRequestHandler(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const scrape = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  /** The samples of a metric, with their labels in the order of the alphabet. */
  const samples = async (metric: string) =>
    (await scrape())
      .split('\n')
      .filter((line) => line.startsWith(`${metric}{`))
      .map((line) => {
        const [, labels = '', value] = /\{(.*)\} (\S+)/.exec(line) ?? []
        return `${labels.split(',').sort().join(',')} ${value}`
      })
      .sort()
  return { prometheus, scrape, samples }
}

async function observed(options: object = {}) {
  const finished = new InMemorySpanExporter()
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: finished })] })
  const { prometheus, scrape, samples } = await exporter()
  const meterProvider = new MeterProvider({ readers: [prometheus] })
  const adapter = memoryAdapter(tables, { database: new MemoryDatabase(memorySchema(tables)), deadLetters: true })
  // As the instrumentation of a driver does, for each statement.
  const statement = () => tracerProvider.getTracer(DRIVER).startSpan('statement').end()
  const instrumented: typeof adapter = {
    ...adapter,
    upsert: (...given) => {
      statement()
      return adapter.upsert(...given)
    },
    writeMany: (...given) => {
      statement()
      return adapter.writeMany(...given)
    },
  }
  const clerkSync = withOpenTelemetry(
    createClerkSync({ adapter: instrumented, signingSecret: SECRET, logger: false, ...options }),
    { tracerProvider, meterProvider },
  )
  const spans = () => finished.getFinishedSpans()
  return { clerkSync, adapter, tracerProvider, spans, scrape, samples, rows: () => adapter.rows('users') }
}

const created = (id: string, email: string, at = Date.now()) => userEvent('user.created', id, at, withEmail(email))

describe('a delivery', () => {
  test('is a span with the attributes of a message, and no id of a user', async () => {
    const { clerkSync, spans, rows } = await observed()
    const timestamp = Date.now() - 2_000
    const body = envelope('user.created', user({ updated_at: timestamp }), { timestamp })
    expect((await clerkSync.handler(requestFor(body, { id: 'msg_1' }))).status).toBe(200)
    const [span] = spans().filter(({ instrumentationScope }) => instrumentationScope.name !== DRIVER)
    expect(span).toMatchObject({ name: 'receive user.created', kind: SpanKind.CONSUMER, status: { code: 0 } })
    const { 'clerk_sync.lag': lag, ...attributes } = span?.attributes ?? {}
    expect(attributes).toEqual({
      'messaging.system': 'clerk',
      'messaging.operation.name': 'receive',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'user.created',
      'messaging.message.id': 'msg_1',
      'clerk_sync.outcome': 'created',
      'http.response.status_code': 200,
    })
    expect(lag).toBeGreaterThanOrEqual(2)
    expect(rows()).toMatchObject([{ email: 'ada@example.com' }])
  })

  test("has the database's spans below it, and itself lies below the request's", async () => {
    const { clerkSync, spans, tracerProvider } = await observed()
    const server = createServer((request, response) => {
      const span = tracerProvider.getTracer('http').startSpan('POST', { kind: SpanKind.SERVER })
      context.with(trace.setSpan(context.active(), span), () =>
        toNodeHandler(clerkSync)(request, response)?.finally(() => span.end()),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const { method, headers, body } = requestFor(envelope('user.created', user()))
    const port = typeof address === 'object' ? address?.port : undefined
    await fetch(`http://127.0.0.1:${port}`, { method, headers, body, duplex: 'half' } as RequestInit)
    await vi.waitFor(() => expect(spans()).toHaveLength(3))
    const [statement, delivery, request] = ['statement', 'receive user.created', 'POST'].map((name) =>
      spans().find((span) => span.name === name),
    )
    expect(statement?.parentSpanContext?.spanId).toBe(delivery?.spanContext().spanId)
    expect(delivery?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId)
  })

  test('a hook, onResult and the log run inside of it', async () => {
    const inside: unknown[] = []
    const note = () => void inside.push(trace.getActiveSpan()?.spanContext().spanId)
    const logger = { info: note, warn: note, error: note }
    const { clerkSync, spans } = await observed({ on: { 'user.created': note }, onResult: note, logger, verbose: true })
    await clerkSync.handler(requestFor(envelope('user.created', user())))
    const id = spans()[0]?.spanContext().spanId
    expect(inside).toEqual([id, id, id])
  })

  test('that is not signed makes no error of the span: anybody can send it', async () => {
    const { clerkSync, spans, samples } = await observed()
    const forged = requestFor('{}', { secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' })
    expect((await clerkSync.handler(forged)).status).toBe(400)
    expect(spans()).toMatchObject([
      { name: 'receive', status: { code: 0 }, attributes: { 'error.type': 'signature_mismatch' } },
    ])
    expect(await samples('clerk_sync_deliveries_total')).toEqual([
      'clerk_sync_outcome="failed",error_type="signature_mismatch",messaging_operation_name="receive" 1',
    ])
    expect(await samples('clerk_sync_delivery_last_accepted')).toEqual([])
  })

  test('that a hook refuses is an error, by its code', async () => {
    const refuse = () => {
      throw new Error('ada@example.com is not welcome')
    }
    const { clerkSync, spans } = await observed({ on: { 'user.created': refuse } })
    const young = envelope('user.created', user(), { timestamp: Date.now() })
    expect((await clerkSync.handler(requestFor(young))).status).toBe(500)
    expect(spans().map(({ name, status, events }) => ({ name, status, events }))).toEqual([
      { name: 'receive user.created', status: { code: SpanStatusCode.ERROR }, events: [] },
    ])
    expect(spans()[0]?.attributes).toMatchObject({ 'clerk_sync.outcome': 'failed', 'error.type': 'hook_failed' })
  })
})

describe('metrics, as Prometheus scrapes them', () => {
  test('deliveries by operation, type, outcome and error', async () => {
    const { clerkSync, samples } = await observed()
    const body = envelope('user.created', user())
    await clerkSync.handler(requestFor(body, { id: 'msg_1' }))
    await clerkSync.handler(requestFor(body, { id: 'msg_1' }))
    await clerkSync.apply(created('user_2', 'b@example.com'))
    await clerkSync.apply(created('user_3', 'b@example.com')).catch(() => {})
    await clerkSync.apply(created('user_4', 'b@example.com', Date.now() - 18 * HOUR))
    await clerkSync.verify({ headers: requestFor(body).headers, body })
    await clerkSync.verify({ headers: requestFor(body).headers, body: `${body} ` }).catch(() => {})
    const type = 'messaging_destination_name="user.created"'
    expect(await samples('clerk_sync_deliveries_total')).toEqual([
      `clerk_sync_outcome="created",${type},messaging_operation_name="apply" 1`,
      `clerk_sync_outcome="created",${type},messaging_operation_name="receive" 1`,
      `clerk_sync_outcome="failed",error_type="signature_mismatch",messaging_operation_name="verify" 1`,
      `clerk_sync_outcome="failed",error_type="unique_conflict",${type},messaging_operation_name="apply" 1`,
      `clerk_sync_outcome="parked",error_type="unique_conflict",${type},messaging_operation_name="apply" 1`,
      `clerk_sync_outcome="unchanged",${type},messaging_operation_name="receive" 1`,
      `clerk_sync_outcome="verified",${type},messaging_operation_name="verify" 1`,
    ])
  })

  test('duration and lag in seconds', async () => {
    const { clerkSync, samples, scrape } = await observed()
    const began = performance.now()
    await clerkSync.apply(created('user_1', 'a@example.com', Date.now() - 2 * HOUR))
    const elapsedMs = performance.now() - began
    const labels = 'clerk_sync_outcome="created",messaging_operation_name="apply"'
    const [lag] = await samples('clerk_sync_delivery_lag_sum')
    expect(Number(lag?.split(' ')[1])).toBeGreaterThanOrEqual(7200)
    expect(Number(lag?.split(' ')[1])).toBeLessThan(7260)
    const buckets = await samples('clerk_sync_delivery_lag_bucket')
    expect(buckets).toContain('clerk_sync_outcome="created",le="3600",messaging_operation_name="apply" 0')
    expect(buckets).toContain('clerk_sync_outcome="created",le="14400",messaging_operation_name="apply" 1')
    expect(await samples('clerk_sync_delivery_duration_count')).toEqual([`${labels} 1`])
    const [took] = await samples('clerk_sync_delivery_duration_sum')
    expect(Number(took?.split(' ')[1])).toBeGreaterThan(0)
    expect(Number(took?.split(' ')[1])).toBeLessThanOrEqual(elapsedMs / 1000)
    expect(await scrape()).toContain('# TYPE clerk_sync_delivery_lag histogram')
    const bounds = (lines: readonly string[]) =>
      lines.map((line) => Number(/le="([\d.]+)"/.exec(line)?.[1] ?? Infinity))
    const sorted = (lines: readonly string[]) => bounds(lines).sort((one, other) => one - other)
    // Until a delivery is given up, and between the attempts of Svix.
    expect(sorted(await samples('clerk_sync_delivery_duration_bucket')).slice(-3)).toEqual([10, 15, Infinity])
    expect(sorted(buckets).slice(-4)).toEqual([43_200, 86_400, 259_200, Infinity])
  })

  test("a lag below zero, where Clerk's clock is ahead, counts as none", async () => {
    const { clerkSync, samples } = await observed()
    await clerkSync.apply(created('user_1', 'a@example.com', Date.now() + HOUR))
    const [sum] = await samples('clerk_sync_delivery_lag_sum')
    expect(sum).toMatch(/ 0$/)
  })

  test('when a delivery was last accepted', async () => {
    const { clerkSync, samples } = await observed()
    const before = Date.now() / 1000
    await clerkSync.apply(created('user_1', 'a@example.com'))
    const [sample = ''] = await samples('clerk_sync_delivery_last_accepted')
    expect(Number(sample.split(' ')[1])).toBeGreaterThanOrEqual(before)
    expect(Number(sample.split(' ')[1])).toBeLessThanOrEqual(Date.now() / 1000)
  })
})

test('each metric says what it is, and in what it counts', async () => {
  const described = new Map<string, MetricOptions | undefined>()
  const note = (name: string, options?: MetricOptions) => {
    described.set(name, options)
    return { add: () => {}, record: () => {} }
  }
  new Instruments({ createCounter: note, createHistogram: note, createGauge: note } as never)
  const units = [...described].map(([name, options]) => [name, options?.unit])
  expect(Object.fromEntries(units)).toEqual({
    'clerk_sync.deliveries': '{delivery}',
    'clerk_sync.delivery.duration': 's',
    'clerk_sync.delivery.lag': 's',
    'clerk_sync.delivery.last_accepted': 's',
  })
  for (const options of described.values()) expect(options?.description).toMatch(/^\w.* .*\.$/)
})

test('a list is one span with a count, and each of its events is counted', async () => {
  const { clerkSync, spans, samples } = await observed()
  const events = [
    created('user_1', 'a@example.com'),
    created('user_2', 'a@example.com'),
    created('user_3', 'c@example.com'),
  ]
  const results = await clerkSync.applyMany(events)
  expect(results.map(({ ok }) => ok)).toEqual([true, false, true])
  const [list] = spans().filter(({ name }) => name === 'applyMany')
  expect(list?.attributes).toMatchObject({
    'messaging.batch.message_count': 3,
    'clerk_sync.refused_count': 1,
    'error.type': 'unique_conflict',
  })
  expect(list?.status.code).toBe(SpanStatusCode.ERROR)
  const below = spans().filter(({ name }) => name === 'statement')
  expect(new Set(below.map(({ parentSpanContext }) => parentSpanContext?.spanId))).toEqual(
    new Set([list?.spanContext().spanId]),
  )
  expect((await samples('clerk_sync_deliveries_total')).map((sample) => sample.replace(/,mess.*(?= )/, ''))).toEqual([
    'clerk_sync_outcome="created" 2',
    'clerk_sync_outcome="failed",error_type="unique_conflict" 1',
  ])
  expect(await samples('clerk_sync_delivery_duration_count')).toEqual([
    expect.stringMatching(/^clerk_sync_outcome="failed",error_type="unique_conflict",.* 1$/),
  ])
})

test('a backfill, a read and a prune are spans of their own', async () => {
  const { clerkSync, spans, rows } = await observed()
  const clerk = await startClerkApi({ seed: 1, webhooks: 'never' })
  onTestFinished(() => clerk.close())
  const { id } = await clerk.users.create()
  const read = { secretKey: clerk.secretKey, apiUrl: clerk.url }
  expect((await backfill(clerkSync, { ...read, entities: ['user'] })).ok).toBe(true)
  await ensureUser(clerkSync, { ...read, userId: id })
  await clerkSync.prune({ olderThan: new Date(Date.now() - 100 * 24 * HOUR) })
  await clerkSync.deadLetters.retry('msg_1')
  await clerkSync.close()
  await expect(backfill(clerkSync, read)).rejects.toThrow('close')
  const runs = spans().filter(({ kind, name }) => kind === SpanKind.INTERNAL && name !== 'statement')
  expect(runs.map(({ name, status, attributes }) => [name, status.code, attributes])).toEqual([
    ['clerk-sync backfill', 0, { 'clerk_sync.ok': true }],
    ['clerk-sync ensureUser', 0, {}],
    ['clerk-sync prune', 0, {}],
    ['clerk-sync deadLetters.retry', 0, {}],
    ['clerk-sync backfill', SpanStatusCode.ERROR, { 'error.type': 'closed' }],
  ])
  expect(rows()).toHaveLength(1)
})

test('a dead letter is retried as without it, and its outcome is given', async () => {
  const { clerkSync, rows } = await observed()
  await clerkSync.apply(created('user_1', 'a@example.com'))
  const parked = created('user_2', 'a@example.com')
  expect(await clerkSync.apply(parked, { lastAttempt: true })).toBe('parked')
  await clerkSync.apply(userEvent('user.updated', 'user_1', Date.now(), withEmail('b@example.com')))
  expect(await clerkSync.deadLetters.retry(parked.id)).toBe('created')
  expect(rows()).toHaveLength(2)
})

test('a list of which nothing is refused is no error, and one that is none is one', async () => {
  const { clerkSync, spans, samples } = await observed()
  await clerkSync.applyMany([created('user_1', 'a@example.com')])
  await clerkSync.applyMany('none' as never).catch(() => {})
  const lists = spans().filter(({ name }) => name === 'applyMany')
  expect(lists.map(({ status, attributes }) => [status.code, attributes['error.type']])).toEqual([
    [SpanStatusCode.UNSET, undefined],
    [SpanStatusCode.ERROR, 'config_invalid'],
  ])
  expect(lists.map(({ attributes }) => attributes['clerk_sync.refused_count'])).toEqual([0, 0])
  expect(await samples('clerk_sync_delivery_duration_count')).toEqual([
    'clerk_sync_outcome="applied",messaging_operation_name="applyMany" 1',
    'clerk_sync_outcome="failed",error_type="config_invalid",messaging_operation_name="applyMany" 1',
  ])
  expect(await samples('clerk_sync_deliveries_total')).toHaveLength(1)
})

test('nothing that a user is known by is recorded', async () => {
  const secrets = ['user_sEcReT', 'ada@example.com', 'Lovelace', 'img.example']
  const { clerkSync, spans, scrape } = await observed()
  const snapshot = user({ id: 'user_sEcReT' })
  const taken = created('user_other', 'ada@example.com')
  await clerkSync.handler(requestFor(envelope('user.created', snapshot)))
  await clerkSync.apply(taken).catch(() => {})
  await clerkSync.applyMany([taken, { ...taken, id: 'msg_other' }])
  await clerkSync.apply({ ...taken, id: 'msg_old', timestamp: Date.now() - 20 * HOUR })
  await clerkSync.apply({ id: 'msg_none', type: 'ada@example.com', data: 'Lovelace' } as never).catch(() => {})
  const recorded = spans().map(({ name, attributes, status, events, links }) => ({
    name,
    attributes,
    status,
    events,
    links,
  }))
  expect(recorded.length).toBeGreaterThan(4)
  const all = JSON.stringify(recorded) + (await scrape())
  expect(secrets.filter((secret) => all.includes(secret))).toEqual([])
})

describe('where OpenTelemetry is absent or broken, deliveries go on', () => {
  const adapter = () => memoryAdapter(tables)

  test('without an SDK', async () => {
    const store = adapter()
    const clerkSync = withOpenTelemetry(createClerkSync({ adapter: store, signingSecret: SECRET }))
    expect((await clerkSync.handler(requestFor(envelope('user.created', user())))).status).toBe(200)
    expect(store.rows('users')).toHaveLength(1)
  })

  const broken = () => {
    throw new Error('The exporter is broken.')
  }
  test.each([
    ['spans that cannot be started', { tracerProvider: { getTracer: broken } }],
    ['metrics that cannot be made', { meterProvider: { getMeter: broken } }],
    [
      'spans that cannot be ended',
      {
        tracerProvider: new TracerProvider({
          spanProcessors: [{ onStart: () => {}, onEnd: broken, shutdown: async () => {}, forceFlush: async () => {} }],
        }),
      },
    ],
  ])('%s', async (_, options) => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => said.mockRestore())
    const store = adapter()
    const clerkSync = withOpenTelemetry(createClerkSync({ adapter: store, signingSecret: SECRET }), options)
    expect((await clerkSync.handler(requestFor(envelope('user.created', user())))).status).toBe(200)
    expect(await clerkSync.apply(created('user_2', 'b@example.com'))).toBe('created')
    expect((await clerkSync.applyMany([created('user_3', 'c@example.com')]))[0]).toMatchObject({ ok: true })
    expect(store.rows('users')).toHaveLength(3)
    expect(said).toHaveBeenCalledWith('clerk-sync: OpenTelemetry threw', expect.any(Error))
  })
})

test('where no span can be started, deliveries are counted all the same, and the trouble is said once for each', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => said.mockRestore())
  const { prometheus, samples } = await exporter()
  const tracerProvider = {
    getTracer: () => {
      throw new Error('The exporter is broken.')
    },
  }
  const clerkSync = withOpenTelemetry(createClerkSync({ adapter: memoryAdapter(tables) }), {
    tracerProvider,
    meterProvider: new MeterProvider({ readers: [prometheus] }),
  })
  await clerkSync.apply(created('user_1', 'a@example.com'))
  await clerkSync.applyMany([created('user_2', 'b@example.com')])
  expect(said).toHaveBeenCalledTimes(2)
  expect(await samples('clerk_sync_deliveries_total')).toHaveLength(2)
  expect(await samples('clerk_sync_delivery_duration_count')).toHaveLength(2)
})

test('what rejects, rejects as without it', async () => {
  const { clerkSync } = await observed()
  await expect(clerkSync.apply({} as never)).rejects.toMatchObject({ code: 'payload_invalid' })
  await expect(clerkSync.apply(undefined as never)).rejects.toMatchObject({ code: 'payload_invalid' })
  await expect(clerkSync.applyMany(undefined as never)).rejects.toMatchObject({ code: 'config_invalid' })
  await clerkSync.close()
  await expect(clerkSync.apply(created('user_1', 'a@example.com'))).rejects.toMatchObject({ code: 'closed' })
  expect((await clerkSync.receive({ headers: {}, body: '' })).status).toBe(503)
})

test('refuses what it cannot observe', async () => {
  const clerkSync = createClerkSync({ adapter: memoryAdapter(tables) })
  const { clerkSync: twice } = await observed()
  expect(() => withOpenTelemetry(twice)).toThrow('counted twice')
  expect(() => withOpenTelemetry({} as never)).toThrow('takes what createClerkSync returned')
  expect(() => withOpenTelemetry(clerkSync, { tracer: {} } as never)).toThrow('no option "tracer"')
})
