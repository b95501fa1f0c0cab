import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { isJson } from '../merge.ts'
import type { Json } from '../objects/json.ts'
import { type Answer, Refused, refusal } from './answer.ts'
import { type Fault, type Faults, htmlPage } from './faults.ts'
import type { RateLimit } from './rate-limit.ts'
import type { ApiRequest, Route } from './routes.ts'

/** A request that arrived. */
export interface LoggedRequest {
  readonly method: string
  /** Without `/v1`: `/users/count`. */
  readonly path: string
  readonly query: URLSearchParams
  /** When, in ms since 1970. */
  readonly at: number
  /** What it is answered; null until then, and where it is not. */
  status: number | null
}

export interface ServerOptions {
  readonly routes: readonly Route[]
  readonly secretKey: string
  readonly faults: Faults
  readonly requests: LoggedRequest[]
  readonly limit: RateLimit | undefined
  readonly latency: number
  readonly onRequest: ((request: LoggedRequest) => unknown) | undefined
  readonly onAnswer: ((request: LoggedRequest) => unknown) | undefined
  now(): number
}

const BASE = 'http://clerk.invalid'

export function requestListener(options: ServerOptions): RequestListener {
  return (request, response) => {
    serve(options, request, response).catch((error: unknown) => {
      // A hook of the test's that threw, or a fault of ours: whoever asked is to see it.
      if (!response.headersSent) send(response, refusal(500, 'testing_failed', String(error)), options.now(), false)
    })
  }
}

async function serve(options: ServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET' } = request
  const { pathname, searchParams: query } = new URL(request.url ?? '/', BASE)
  const path = pathname.replace(/^\/v1(?=\/)/, '')
  const logged: LoggedRequest = { method, path, query, at: options.now(), status: null }
  options.requests.push(logged)
  const text = await readText(request)
  await options.onRequest?.(logged)
  const fault = options.faults.next(method, path)
  if (options.latency > 0) await wait(options.latency)
  if (fault?.kind === 'reset') return void request.socket.resetAndDestroy()
  if (fault?.kind === 'silence') return

  const answer = (fault && answerOf(fault, path)) ?? handle(options, request, { method, path, query, body: text })
  logged.status = answer.status
  await options.onAnswer?.(logged)
  send(response, answer, options.now(), fault?.kind === 'cut')
}

type Asked = Omit<ApiRequest, 'body'> & { readonly body: string }

function handle(options: ServerOptions, request: IncomingMessage, asked: Asked): Answer {
  const refused = unauthorized(request.headers.authorization, options.secretKey)
  if (refused) return refused
  const route = options.routes.find(({ method, pattern }) => method === asked.method && pattern.test(asked.path))
  const endpoint = `${asked.method} ${route?.pattern.source ?? asked.path}`
  const seconds = options.limit?.refuses(endpoint, options.now())
  if (seconds !== undefined) return tooMany(seconds)
  if (!route) return refusal(404, 'resource_not_found', 'not found', `${asked.method} ${asked.path} is no endpoint.`)
  try {
    const ids = route.pattern.exec(asked.path)?.slice(1) ?? []
    return route.handle({ ...asked, body: jsonOf(asked.body) }, ...ids.map(decoded))
  } catch (error) {
    if (error instanceof Refused) return error.answer
    throw error
  }
}

function unauthorized(header: string | undefined, secretKey: string): Answer | undefined {
  const [, key] = /^Bearer (.+)$/.exec(header ?? '') ?? []
  if (key === undefined) {
    return refusal(
      401,
      'authorization_header_format_invalid',
      'Invalid Authorization header format',
      "Invalid Authorization header format. Must be 'Bearer <YOUR_API_KEY>'",
    )
  }
  if (key === secretKey) return undefined
  const why = 'The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.'
  return refusal(401, 'clerk_key_invalid', why)
}

function tooMany(seconds: number): Answer {
  const answer = refusal(429, 'too_many_requests', 'Too many requests', 'Too many requests. Try again in a bit.')
  return { ...answer, headers: { 'retry-after': String(seconds) } }
}

function answerOf(fault: Fault, path: string): Answer | undefined {
  const { status, retryAfter } = fault
  switch (fault.kind) {
    case 'error': {
      const answer = refusal(status ?? 500, 'internal_clerk_error', 'Oops, an unexpected error occurred')
      return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(retryAfter) } }
    }
    case 'html':
      return htmlPage(status ?? 200)
    case 'empty':
      if (path === '/users/count') return { status: 200, body: { object: 'total_count', total_count: 0 } }
      return { status: 200, body: /^\/(users|sessions|invitations)$/.test(path) ? [] : { data: [], total_count: 0 } }
    case 'missing':
      return refusal(404, 'resource_not_found', 'not found', `${path} was not found`)
    default:
      return undefined
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer, now: number, cut: boolean): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const bytes = Buffer.from(text)
  response.writeHead(status, {
    'content-type': 'application/json',
    ...headers,
    date: new Date(now).toUTCString(),
    'content-length': bytes.length,
  })
  if (!cut) return void response.end(bytes)
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy())
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new Refused(400, 'malformed_request_parameters', 'Bad request', `${part} is no part of a URL.`)
  }
}

function jsonOf(text: string): Json {
  if (text === '') return {}
  try {
    const body: unknown = JSON.parse(text)
    if (isJson(body)) return body
  } catch {
    // Refused like what is JSON and no object.
  }
  throw new Refused(400, 'request_body_invalid', 'Request body invalid', 'The body must be an object in JSON.')
}
