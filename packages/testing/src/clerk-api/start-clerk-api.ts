import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ClerkObjects } from '../clerk-object.ts'
import { idOf, Random } from '../random.ts'
import type { Seed } from '../seed.ts'
import { billingRoutes } from './billing-routes.ts'
import type { ChangeOptions, Changes } from './changes.ts'
import { type Fault, Faults } from './faults.ts'
import { instanceOf } from './instance.ts'
import { accessRoutes, invitationRoutes, sessionRoutes } from './instance-routes.ts'
import { organizationPartRoutes } from './organization-part-routes.ts'
import { membershipRoutes, organizationRoutes } from './organization-routes.ts'
import { RateLimit, type RateLimitOptions } from './rate-limit.ts'
import { type Instance, ok, type Route, route } from './routes.ts'
import { type LoggedRequest, requestListener } from './server.ts'
import { FRONTEND, SessionTokens, type SignedIn } from './session-tokens.ts'
import { userRoutes } from './user-routes.ts'
import { type ClerkApiWebhooks, type WebhookOptions, Webhooks } from './webhooks.ts'
import { World, type WorldOptions } from './world.ts'

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

/** What the instance has, to read and to change: `api.users.create()`. */
export interface ClerkApiObjects {
  readonly users: Changes<ClerkObjects['user']>
  readonly organizations: Changes<ClerkObjects['organization']>
  readonly memberships: Changes<ClerkObjects['organizationMembership']>
  readonly sessions: Changes<ClerkObjects['session']>
  readonly organizationInvitations: Changes<ClerkObjects['organizationInvitation']>
  readonly organizationDomains: Changes<ClerkObjects['organizationDomain']>
  readonly roles: Changes<ClerkObjects['role']>
  readonly permissions: Changes<ClerkObjects['permission']>
  readonly waitlistEntries: Changes<ClerkObjects['waitlistEntry']>
  readonly invitations: Changes<ClerkObjects['invitation']>
  readonly subscriptions: Changes<ClerkObjects['subscription']>
  readonly subscriptionItems: Changes<ClerkObjects['subscriptionItem']>
  readonly paymentAttempts: Changes<ClerkObjects['paymentAttempt']>
}

export interface ClerkApi extends ClerkApiObjects {
  /** For `createClerkClient({ apiUrl })`, and for `CLERK_API_URL`. */
  readonly url: string
  readonly secretKey: string
  /** For frontends and middleware. Its Frontend API is not there. */
  readonly publishableKey: string
  readonly instance: { readonly id: string; readonly environmentType: 'development' | 'production' }
  readonly signingSecret: string
  readonly seed: string
  /** Every request, in the order of their arrival. */
  readonly requests: readonly LoggedRequest[]
  readonly webhooks: ClerkApiWebhooks
  /**
   * Signs a user in, in a session of their own, which is in `api.sessions`.
   *
   * @throws Error when there is no such user
   */
  signIn(userId: string, options?: ChangeOptions): Promise<SignedIn>
  /** Makes coming requests go wrong. */
  fail(fault: Fault): void
  /** Ends what `fail` began. */
  recover(): void
  /** Breaks what is underway. */
  close(): Promise<void>
}

/**
 * Starts a server that answers as Clerk's Backend API does, on this machine alone.
 *
 * @example
 * ```ts
 * import { createClerkClient } from '@clerk/backend'
 * import { startClerkApi } from '@clerk-sync/testing'
 *
 * const api = await startClerkApi({ users: 100, webhookUrl: 'http://localhost:3000/api/webhooks/clerk' })
 * const clerkClient = createClerkClient({ secretKey: api.secretKey, apiUrl: api.url })
 * await api.users.create({ first_name: 'Ada' })
 * await api.close()
 * ```
 */
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
  const tokens = new SessionTokens(idOf('ins', `key of ${seed}`))
  const server = createServer(
    requestListener({
      routes: routesOf(instance, environment, tokens),
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
    publishableKey: `pk_${kind}_${Buffer.from(`${FRONTEND}$`).toString('base64')}`,
    instance: { id: instanceId, environmentType: environment },
    signingSecret: webhooks.signingSecret,
    seed,
    requests,
    ...instance.changes,
    webhooks,
    async signIn(userId, change) {
      const user = instance.changes.users.get(userId)
      if (!user) throw new Error(`There is no user ${userId} to sign in: create them with api.users.create.`)
      const session = await instance.changes.sessions.create({ user_id: userId, user }, change)
      return tokens.sign(userId, session.id, now())
    },
    fail: (fault) => faults.arm(fault),
    recover: () => faults.disarm(),
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function routesOf(instance: Instance, environment: string, tokens: SessionTokens): Route[] {
  const itself = { object: 'instance', id: instance.id, environment_type: environment, allowed_origins: null }
  return [
    route('GET', '/instance', () => ok(itself)),
    route('GET', '/jwks', () => ok(tokens.publicKeys())),
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
