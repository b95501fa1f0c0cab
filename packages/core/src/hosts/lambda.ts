import { buildResponse } from '../delivery/build-response.ts'
import { lostBody, type RawBody, type RawHeaders } from '../delivery/raw-delivery.ts'
import type { ClerkSync } from '../types.ts'
import { checkClerkSync } from './given-clerk-sync.ts'

/** What the events have in common that stand for a request. Each host's own type fits. */
export interface LambdaEvent {
  /** API Gateway 1.0, ALB, Netlify. */
  readonly httpMethod?: string | undefined
  /** API Gateway 2.0 and function URLs have the method in `http`. */
  readonly requestContext?: object | null | undefined
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined
  /** API Gateway 1.0, Netlify, and, in the place of `headers`, an ALB target group with multi-value headers. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined
  readonly body?: string | null | undefined
  readonly isBase64Encoded?: boolean | undefined
}

export interface LambdaResult {
  statusCode: number
  headers?: Record<string, string>
  multiValueHeaders?: Record<string, string[]>
  body: string
  isBase64Encoded: false
}

/**
 * The route for functions that are called with an event: AWS Lambda behind API Gateway (formats 1.0 and 2.0), a
 * function URL or an Application Load Balancer, and Netlify's functions of the older kind. The body may be base64.
 *
 * @example
 * ```ts
 * import { createClerkSync } from '@clerk-sync/core'
 * import { toLambdaHandler } from '@clerk-sync/core/lambda'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
 * export const handler = toLambdaHandler(clerkSync)
 * ```
 * @throws ClerkSyncError `config_invalid` for what `createClerkSync` did not return.
 */
export function toLambdaHandler(clerkSync: Pick<ClerkSync, 'receive'>): (event: LambdaEvent) => Promise<LambdaResult> {
  checkClerkSync('toLambdaHandler(clerkSync)', clerkSync)
  return async (event) => {
    const response = buildResponse(
      await clerkSync.receive({ method: methodOf(event), headers: headersOf(event), body: bodyOf(event) }),
    )
    const result = { statusCode: response.status, body: response.body, isBase64Encoded: false } as const
    if (event.headers || !event.multiValueHeaders) return { ...result, headers: { ...response.headers } }
    // Such a load balancer takes no others.
    const multiValueHeaders = Object.entries(response.headers).map(([name, value]) => [name, [value]])
    return { ...result, multiValueHeaders: Object.fromEntries(multiValueHeaders) }
  }
}

/** Of a header that came twice, `headers` of format 1.0 has the last value alone. */
function headersOf({ headers, multiValueHeaders }: LambdaEvent): RawHeaders {
  const values = Object.entries(multiValueHeaders ?? {})
  // Netlify's Vite plugin cuts every value at its commas, and a signature has one after its `v1`.
  const whole = values.filter(([name, parts]) => headers?.[name] === undefined || headers[name] !== parts?.join(','))
  return { ...headers, ...Object.fromEntries(whole) }
}

function methodOf({ httpMethod, requestContext }: LambdaEvent): string | undefined {
  if (httpMethod !== undefined) return httpMethod
  const http: unknown = requestContext && Reflect.get(requestContext, 'http')
  const method: unknown = typeof http === 'object' && http !== null ? Reflect.get(http, 'method') : undefined
  return typeof method === 'string' ? method : undefined
}

function bodyOf({ body, isBase64Encoded }: LambdaEvent): RawBody | null | undefined {
  if (typeof body === 'object' && body !== null) {
    return lostBody(
      "The event's body is no text: something parsed it before, and a signature can only be checked on the bytes as " +
        'they were sent. Middy: leave httpJsonBodyParser off this function. API Gateway: use a proxy integration.',
    )
  }
  return body && isBase64Encoded ? Buffer.from(body, 'base64') : body
}
