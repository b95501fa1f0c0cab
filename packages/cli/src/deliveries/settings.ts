import { projectHere, readEnvFiles } from '@clerk-sync/project'
import { UsageError } from '../errors.ts'

export interface DeliveryOptions {
  readonly url?: string
  readonly secret?: string
  readonly env?: readonly string[]
}

/** Where deliveries go, and what signs them. */
export interface Endpoint {
  readonly url: URL
  readonly secret: string
}

export const ROUTE = '/api/webhooks/clerk'

/** @throws UsageError where the address or the secret is missing or malformed */
export function endpointOf(options: DeliveryOptions, cwd = process.cwd()): Endpoint {
  const project = projectHere(cwd)
  readEnvFiles(project, options.env)
  return { url: urlOf(options.url, project.framework.port), secret: secretOf(options.secret) }
}

export function urlOf(given: string | undefined, port: number): URL {
  const url = URL.parse(given ?? `http://localhost:${process.env.PORT || port}${ROUTE}`)
  if (url && /^https?:$/.test(url.protocol)) return url
  throw new UsageError(`--url must be a web address, such as http://localhost:${port}${ROUTE}.`)
}

/** One that is made here would not be seen: what is printed has its secrets removed. */
const ANY =
  'For a server on your machine any will do: ' +
  `node -p "'whsec_' + crypto.randomBytes(32).toString('base64')" prints one.`

export function secretOf(given = process.env.CLERK_WEBHOOK_SIGNING_SECRET): string {
  if (!given) {
    throw new UsageError(
      'There is no signing secret. Set CLERK_WEBHOOK_SIGNING_SECRET to the one that the server has: the secret of the ' +
        `endpoint in the Clerk Dashboard (Webhooks). ${ANY}`,
    )
  }
  if (isSecret(given)) return given
  throw new UsageError(
    `The signing secret must be "whsec_" and base64, as the endpoint shows it in the Clerk Dashboard. ${ANY}`,
  )
}

export function isSecret(text: string): boolean {
  const key = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(text)?.[1]
  return key !== undefined && key !== ''
}
