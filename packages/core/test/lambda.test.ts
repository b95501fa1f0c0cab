import { describe, expect, test } from 'vitest'
import { type LambdaEvent, toLambdaHandler } from '../src/hosts/lambda.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { signed } from './fixtures/signing.ts'
import { syncOf } from './fixtures/sync.ts'

const BODY = envelope('user.created', user({ first_name: '🚀 Żółć' }))
const BASE64 = Buffer.from(BODY).toString('base64')

const arrays = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
const capitals = (headers: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace(/\b[a-z]/g, (c) => c.toUpperCase()), value]),
  )

/** As the hosts document them, with what a webhook's handler does not look at left out. */
const events: Record<string, (headers: Record<string, string>, method: string) => LambdaEvent> = {
  'API Gateway 1.0': (headers, httpMethod) => ({
    httpMethod,
    headers: capitals(headers),
    multiValueHeaders: arrays(capitals(headers)),
    requestContext: { httpMethod, stage: 'prod' },
    body: BODY,
    isBase64Encoded: false,
  }),
  'API Gateway 2.0, and a function URL': (headers, method) => ({
    headers,
    requestContext: { http: { method, path: '/api/webhooks/clerk' }, stage: '$default' },
    body: BASE64,
    isBase64Encoded: true,
  }),
  ALB: (headers, httpMethod) => ({
    httpMethod,
    headers,
    requestContext: { elb: { targetGroupArn: 'arn' } },
    body: BODY,
    isBase64Encoded: false,
  }),
  'ALB with multi-value headers': (headers, httpMethod) => ({
    httpMethod,
    multiValueHeaders: arrays(headers),
    requestContext: { elb: { targetGroupArn: 'arn' } },
    body: BODY,
    isBase64Encoded: false,
  }),
  Netlify: (headers, httpMethod) => ({
    httpMethod,
    headers,
    multiValueHeaders: arrays(headers),
    body: BASE64,
    isBase64Encoded: true,
  }),
  "Netlify's Vite plugin, which cuts values at commas": (headers, httpMethod) => ({
    httpMethod,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.split(',')])),
    body: BODY,
    isBase64Encoded: false,
  }),
}

describe.each(Object.entries(events))('%s', (name, event) => {
  test('a delivery is stored, and the answer is of the form that the host takes', async () => {
    const clerkSync = syncOf()
    const result = await toLambdaHandler(clerkSync)(event(signed(BODY), 'POST'))
    const headers = name.includes('multi-value')
      ? { multiValueHeaders: { 'content-type': ['application/json'] } }
      : { headers: { 'content-type': 'application/json' } }
    expect(result).toEqual({ statusCode: 200, ...headers, body: '{"outcome":"created"}', isBase64Encoded: false })
    expect(clerkSync.adapter.rows('users')).toMatchObject([{ firstName: '🚀 Żółć' }])
  })

  test('GET', async () => {
    const result = await toLambdaHandler(syncOf())({ ...event({ host: 'example.com' }, 'GET'), body: null })
    expect(result).toMatchObject({ statusCode: 405, body: '{"code":"method_not_allowed"}' })
    expect(JSON.stringify(result.headers ?? result.multiValueHeaders)).toContain('"allow":')
  })
})

test('a header that came twice is read whole, though `headers` of format 1.0 has its last value alone', async () => {
  const { 'svix-signature': right = '', ...headers } = signed(BODY)
  const wrong = `v1,${Buffer.alloc(32).toString('base64')}`
  const handler = toLambdaHandler(syncOf())
  const twice = { httpMethod: 'POST', body: BODY }
  const first = { headers: { ...headers, 'svix-signature': wrong } }
  const both = { multiValueHeaders: { ...arrays(headers), 'svix-signature': [right, wrong] } }
  expect(await handler({ ...twice, ...first, ...both })).toMatchObject({ statusCode: 200 })
  expect(await handler({ ...twice, ...first, multiValueHeaders: {} })).toMatchObject({ statusCode: 400 })
  // Format 2.0 joins them with a comma.
  for (const joined of [`${wrong},${right}`, `${right},${wrong}`, `${wrong}, ${right}`]) {
    expect(await handler({ ...twice, headers: { ...headers, 'svix-signature': joined } })).toMatchObject({
      statusCode: 200,
    })
  }
})

test('a body over the limit, also in base64', async () => {
  const large = ' '.repeat(2 ** 21)
  const handler = toLambdaHandler(syncOf())
  const headers = signed(large)
  for (const event of [{ body: large }, { body: Buffer.from(large).toString('base64'), isBase64Encoded: true }]) {
    expect(await handler({ httpMethod: 'POST', headers, ...event })).toMatchObject({ statusCode: 413 })
  }
})

test('a body that a middleware parsed is 500, and the error names the fix', async () => {
  const clerkSync = syncOf()
  const event: object = { httpMethod: 'POST', headers: signed(BODY), body: JSON.parse(BODY) }
  expect(await toLambdaHandler(clerkSync)(event)).toMatchObject({
    statusCode: 500,
    body: '{"code":"raw_body_unavailable"}',
  })
  expect(clerkSync.results).toMatchObject([{ error: { message: expect.stringMatching(/Middy: .*API Gateway: /) } }])
})

test.each([{}, { headers: null, multiValueHeaders: null, body: null, requestContext: null }])(
  'an event that is no request is refused: %j',
  async (event) => {
    expect(await toLambdaHandler(syncOf())(event)).toMatchObject({
      statusCode: 400,
      body: '{"code":"headers_missing"}',
    })
  },
)
