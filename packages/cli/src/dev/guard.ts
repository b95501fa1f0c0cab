import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { UsageError } from '../errors.ts'

/** For what this `clerk-sync dev` was not started to do. */
export class NotAllowed extends UsageError {}

/** What a request must show. */
export interface Admission {
  readonly port: number
  /** Is part of each address of the page. */
  readonly pageToken: string
  /** Is sent by applications. */
  readonly recorderToken: string
}

/** Who asks: the page with the path below its token, or an application that shows its deliveries. */
export type Caller = { readonly kind: 'page'; readonly path: string } | { readonly kind: 'recorder' }

/**
 * Other websites are open in the same browser, and other users may be on the same machine. A name that was made to lead
 * here (DNS rebinding) is not the Host, a page of another site has another Origin, and neither of them knows a token.
 *
 * @returns why the request is refused, or who asks
 */
export function admit(request: IncomingMessage, { port, pageToken, recorderToken }: Admission): Caller | string {
  const { host, origin, authorization, 'content-type': type = '' } = request.headers
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (host === undefined || !hosts.includes(host)) return 'The Host is not that of this page.'
  if (origin !== undefined && origin !== `http://${host}`) return 'The Origin is not that of this page.'
  const isPost = request.method === 'POST'
  if (isPost && !/^application\/json\b/.test(type)) return 'What is sent here is JSON.'
  if (request.url === '/record' && isPost) {
    // Applications are no browsers.
    if (origin === undefined && isEqual(authorization, `Bearer ${recorderToken}`)) return { kind: 'recorder' }
    return 'The token is not that of this clerk-sync dev.'
  }
  const [, token, path = ''] = /^\/([^/?]*)(?:\/([^?]*))?/.exec(request.url ?? '') ?? []
  if (!isEqual(token, pageToken))
    return 'The token is not that of this page: use the address that clerk-sync dev has printed.'
  if (isPost && origin === undefined) return 'What the page asks for comes with its Origin.'
  return { kind: 'page', path }
}

function isEqual(given: string | undefined, expected: string): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
