import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ClerkObjects } from '../clerk-object.ts'
import { idOf, Random } from '../random.ts'
import type { Seed } from '../seed.ts'
import { billingRoutes } from './billing-routes.ts'
import type { Changes } from './changes.ts'
import { type Fault, Faults } from './faults.ts'
import { instanceOf } from './instance.ts'
import { accessRoutes, invitationRoutes, sessionRoutes } from './instance-routes.ts'
import { organizationPartRoutes } from './organization-part-routes.ts'
import { membershipRoutes, organizationRoutes } from './organization-routes.ts'
import { RateLimit, type RateLimitOptions } from './rate-limit.ts'
import { type Instance, ok, type Route, route } from './routes.ts'
import { type LoggedRequest, requestListener } from './server.ts'
import { userRoutes } from './user-routes.ts'
import { type WebhookOptions, Webhooks } from './webhooks.ts'
import { type KINDS, type Kind, World, type WorldOptions } from './world.ts'

export interface ClerkApiOptions extends WorldOptions, WebhookOptions {
  /** What is made by number is the same for the same seed. Random, unless said. */
  readonly seed?: Seed
  /** The key that requests must bring. One is made up, unless said. */
  readonly secretKey?: string
  readonly instanceId?: string
  /** Default `development`. */
  readonly environment?: 'development' | 'production'
  /** Clerk's: 100 requests in 10 s for a development instance, 1,000 for production. Default: no limit. */
  readonly rateLimit?: number | RateLimitOptions
  /** How long every answer takes, in ms. Default 0. */
  readonly latency?: number
  /** What goes wrong from the start; `fail` adds more. */
  readonly faults?: readonly Fault[]
  /** Runs before a request is looked at, and is awaited: the place for a change while something is read. */
  readonly onRequest?: (request: LoggedRequest) => unknown
  /** Runs when the answer stands and has not left, and is awaited. */
  readonly onAnswer?: (request: LoggedRequest) => unknown
  /** The instance's clock, in ms since 1970: `Date` headers and times of changes. Default `Date.now`. */
  readonly now?: () => number
  /** Default: one that is free. */
  readonly port?: number
}

/** What the instance has, by kind: `api.users.create()`. */
export type ClerkApiObjects = { readonly [K in Kind]: Changes<ClerkObjects[(typeof KINDS)[K]['entity']]> }

export interface ClerkApi extends ClerkApiObjects {
  /** For `createClerkClient({ apiUrl })`, and for `CLERK_API_URL`. */
  readonly url: string
  readonly secretKey: string
  readonly instance: { readonly id: string; readonly environmentType: 'development' | 'production' }
  readonly signingSecret: string
  readonly seed: string
  /** Every request, in the order of their arrival. */
  readonly requests: readonly LoggedRequest[]
  readonly webhooks: Webhooks
  /** Makes coming requests go wrong. */
  fail(fault: Fault): void
  /** Ends what `fail` began. */
  recover(): void
  close(): Promise<void>
}

/** Starts a server that answers as Clerk's Backend API does. */
export async function startClerkApi(options: ClerkApiOptions = {}): Promise<ClerkApi> {
  const { environment = 'development', now = Date.now, rateLimit, port = 0 } = options
  const seed = String(options.seed ?? randomBytes(9).toString('base64url'))
  const random = new Random(`clerk-api ${seed}`)
  const kind = environment === 'production' ? 'live' : 'test'
  const { secretKey = `sk_${kind}_${random.text(42)}`, instanceId = idOf('ins', seed) } = options
  const world = new World(seed, options)
  const webhooks = new Webhooks(options, random)
  const faults = new Faults()
  for (const fault of options.faults ?? []) faults.arm(fault)
  const requests: LoggedRequest[] = []

  const instance = instanceOf(world, {
    seed,
    instanceId,
    now,
    send: (event, fate) => webhooks.send(event, fate),
  })
  const server = createServer(
    requestListener({
      routes: routesOf(instance, environment),
      secretKey,
      faults,
      requests,
      limit:
        rateLimit === undefined
          ? undefined
          : new RateLimit(typeof rateLimit === 'number' ? { requests: rateLimit } : rateLimit),
      latency: options.latency ?? 0,
      onRequest: options.onRequest,
      onAnswer: options.onAnswer,
      now,
    }),
  )
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secretKey,
    instance: { id: instanceId, environmentType: environment },
    signingSecret: webhooks.signingSecret,
    seed,
    requests,
    ...instance.changes,
    webhooks,
    fail: (fault) => faults.arm(fault),
    recover: () => faults.disarm(),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function routesOf(instance: Instance, environment: string): Route[] {
  const itself = { object: 'instance', id: instance.id, environment_type: environment, allowed_origins: null }
  return [
    route('GET', '/instance', () => ok(itself)),
    ...userRoutes(instance),
    ...organizationRoutes(instance),
    ...membershipRoutes(instance),
    ...organizationPartRoutes(instance),
    ...sessionRoutes(instance),
    ...accessRoutes(instance),
    ...invitationRoutes(instance),
    ...billingRoutes(instance),
  ]
}
