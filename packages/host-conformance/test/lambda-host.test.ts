import type { IncomingMessage } from 'node:http'
import { type LambdaEvent, toLambdaHandler } from '@clerk-sync/core/lambda'
import { afterAll, describe, it } from 'vitest'
import { hostConformance } from '../src/index.ts'
import { library, SECRET, serve } from './server.ts'

const BINARY = 'application/octet-stream'

type Values = Record<string, string[]>
const joined = (headers: Values) => Object.entries(headers).map(([name, values]) => [name, values.join(',')])
const last = (headers: Values) => Object.entries(headers).map(([name, values]) => [name, values.at(-1)])

/** How each gateway turns a request into an event: the method, the headers, and which bodies become base64. */
const gateways: Record<string, (method: string, headers: Values) => LambdaEvent & { isBase64Encoded?: boolean }> = {
  'API Gateway 1.0': (httpMethod, multiValueHeaders) => ({
    httpMethod,
    headers: Object.fromEntries(last(multiValueHeaders)),
    multiValueHeaders,
    requestContext: { httpMethod },
  }),
  'API Gateway 2.0, and function URLs': (method, headers) => ({
    headers: Object.fromEntries(joined(headers)),
    requestContext: { http: { method } },
  }),
  'ALB with multi-value headers': (httpMethod, multiValueHeaders) => ({
    httpMethod,
    multiValueHeaders,
    requestContext: { elb: {} },
  }),
  'Netlify, which encodes every body': (httpMethod, multiValueHeaders) => ({
    httpMethod,
    headers: Object.fromEntries(joined(multiValueHeaders)),
    multiValueHeaders,
    isBase64Encoded: true,
  }),
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

for (const [name, eventOf] of Object.entries(gateways)) {
  const { clerkSync, read, database } = library()
  const handler = toLambdaHandler(clerkSync)
  const { url, close } = await serve(async (request, response) => {
    const event = eventOf(request.method ?? '', request.headersDistinct as Values)
    const bytes = await bytesOf(request)
    const isBase64Encoded = event.isBase64Encoded ?? request.headers['content-type'] === BINARY
    const body = bytes.length > 0 ? bytes.toString(isBase64Encoded ? 'base64' : 'utf8') : null
    const result = await handler({ ...event, body, isBase64Encoded })
    response.writeHead(result.statusCode, result.headers ?? result.multiValueHeaders).end(result.body)
  })
  afterAll(close)
  const options = { url, secret: SECRET, read, database, repeatedHeaders: true, base64ContentType: BINARY }
  describe(name, () => hostConformance({ runner: { describe, it }, ...options }))
}
