import { resolveBatch } from './batching/batch-options.ts'
import { DEFAULT_TIMEOUT_MS, LONGEST_TIMER_MS } from './delivery/deadline.ts'
import type { AnyHook } from './delivery/hook-run.ts'
import { MAX_BODY_BYTES } from './delivery/read-request.ts'
import type { Reporting } from './delivery/report-result.ts'
import { readSecrets, type Secrets } from './delivery/signing-secrets.ts'
import type { ClerkEventType } from './entities/clerk-event.ts'
import { effectOf } from './entities/effect-of.ts'
import { EVENT_TYPES } from './entities/event-types.ts'
import { ClerkSyncError } from './errors.ts'
import { type DeliveryLink, resolveDeliveryLink } from './linking/delivery-link.ts'
import { type GivenMaps, type Mapping, type Mappings, resolveMappings } from './mapping/resolve-mapping.ts'
import { modesOf } from './on-delete.ts'
import { checkOptions, nearest } from './port/check-options.ts'
import { prop } from './port/prop.ts'
import type { Entity, Rows, SyncAdapter } from './port/sync-adapter.ts'
import type { ClerkSyncOptions } from './types.ts'

/** The options with their defaults, found to be right. */
export interface ResolvedOptions extends DeliveryLink, ReturnType<typeof resolveBatch> {
  readonly adapter: SyncAdapter
  /** @throws ClerkSyncError `config_invalid` when there is still none. */
  readonly secrets: () => Secrets
  readonly mappings: { readonly given: Mappings; of(entity: Entity): Mapping }
  readonly hooks: ReadonlyMap<string, AnyHook>
  readonly instanceId: string | undefined
  readonly maxBodyBytes: number
  readonly timeoutMs: number
  readonly parkAfterMs: number
  readonly parkPerMinute: number
  readonly reporting: Reporting
}

const OPTIONS = [
  'adapter',
  'signingSecret',
  'map',
  'on',
  'onDelete',
  'link',
  'instanceId',
  'maxBodyBytes',
  'timeoutMs',
  'parkAfterMs',
  'parkPerMinute',
  'batch',
  'onResult',
  'logger',
  'verbose',
] as const satisfies readonly (keyof ClerkSyncOptions<Rows, unknown, unknown> | 'map')[]

const ALIASES = {
  hooks: 'on',
  handlers: 'on',
  events: 'on',
  secret: 'signingSecret',
  webhookSecret: 'signingSecret',
  signingSecrets: 'signingSecret',
  secretKey: 'signingSecret',
  database: 'adapter',
  db: 'adapter',
  maps: 'map',
  mapping: 'map',
  timeout: 'timeoutMs',
  parkAfter: 'parkAfterMs',
  log: 'logger',
  debug: 'verbose',
}

/** @throws ClerkSyncError `config_invalid`, with what to do. */
export function resolveOptions<R extends Rows, Tx, HookResult, Stored extends Rows>(
  options: ClerkSyncOptions<R, Tx, HookResult, Stored> & { readonly map?: object },
): ResolvedOptions {
  checkOptions('createClerkSync', options, OPTIONS, ALIASES)
  const { instanceId, onDelete, maxBodyBytes = MAX_BODY_BYTES, onResult, logger, verbose = false } = options
  const { timeoutMs = DEFAULT_TIMEOUT_MS, map = {}, on = {} } = options
  const adapter = checkedAdapter(options.adapter)
  demand(isPositiveInteger(maxBodyBytes), 'maxBodyBytes must be a positive whole number of bytes.')
  demand(
    isPositiveInteger(timeoutMs) && timeoutMs <= LONGEST_TIMER_MS,
    'timeoutMs must be a positive whole number of milliseconds. Svix waits for 15 s, so stay below 15000.',
  )
  const { parkAfterMs = PARK_AFTER_MS, parkPerMinute = PARK_PER_MINUTE } = options
  for (const [option, unit] of [
    ['parkAfterMs', 'milliseconds'],
    ['parkPerMinute', 'events'],
  ] as const) {
    const given = options[option]
    if (given === undefined) continue
    demand(isPositiveInteger(given), `${option} must be a positive whole number of ${unit}.`)
    demand(
      adapter.deadLetters !== undefined,
      `${option} says when events are parked, and ${adapter.name} has no table for them: pass deadLetters.`,
    )
  }
  demand(
    instanceId === undefined || (typeof instanceId === 'string' && /^ins_\w+$/.test(instanceId)),
    'instanceId must be what Clerk calls the instance, ins_…, or be left out.',
  )
  demand(
    onResult === undefined || typeof onResult === 'function',
    'onResult must be a function that takes the result of a delivery.',
  )
  demand(
    logger === undefined || logger === false || isLogger(logger),
    'logger must have the methods info, warn and error, as console and pino do, or be false.',
  )
  demand(typeof verbose === 'boolean', 'verbose is true, or false (default): failures alone are logged.')
  demand(isPlainObject(map), 'map must be an object of functions, by entity: { user: (user, record) => ({ … }) }.')
  demand(
    isPlainObject(on),
    "on must be an object of functions, by event type: { 'user.created': ({ event, tx }) => … }.",
  )
  const given = resolveMappings(adapter.tables, map as GivenMaps, modesOf(adapter, onDelete), adapter.parts?.tables)
  const of = (entity: Entity): Mapping => {
    const mapping = Object.hasOwn(given, entity) ? given[entity] : undefined
    if (mapping) return mapping
    throw new ClerkSyncError('config_invalid', `${adapter.name} was given no table for ${entity}.`)
  }
  const hooks = resolveHooks(adapter, on)
  demand(
    hooks.size > 0 || Object.keys(given).length > 0,
    `${adapter.name} was given no table and there is no hook, so that every event would be ignored: give the adapter the ` +
      'tables to sync, { users }.',
  )
  return {
    adapter,
    secrets: readSecrets(options.signingSecret),
    mappings: { given, of },
    hooks,
    instanceId,
    maxBodyBytes,
    timeoutMs,
    parkAfterMs,
    parkPerMinute,
    ...resolveDeliveryLink(options.link, adapter),
    ...resolveBatch(options.batch, adapter),
    reporting: { logger, verbose, onResult, faultOf: (error) => adapter.faultOf?.(error) },
  }
}

/** Before the last attempts, which come after 17.6 and 27.6 hours: https://docs.svix.com/retries */
const PARK_AFTER_MS = 17 * 3_600_000
const PARK_PER_MINUTE = 20

function checkedAdapter(adapter: unknown): SyncAdapter {
  const methods = ['upsert', 'softDelete', 'once', 'find', 'check'] as const satisfies readonly (keyof SyncAdapter)[]
  const fits =
    typeof adapter === 'object' &&
    adapter !== null &&
    methods.every((name) => typeof Reflect.get(adapter, name) === 'function')
  demand(
    fits,
    'createClerkSync needs an adapter: createClerkSync({ adapter: drizzleAdapter(db, { users }) }), or another ' +
      "ORM's. A database or an ORM's client is none by itself.",
  )
  return adapter as SyncAdapter
}

function resolveHooks(adapter: SyncAdapter, on: object): ReadonlyMap<string, AnyHook> {
  const hooks = new Map<string, AnyHook>()
  for (const [type, hook] of Object.entries(on)) {
    if (hook === undefined) continue
    const meant = EVENT_TYPES.includes(type as ClerkEventType) ? undefined : nearest(type, EVENT_TYPES)
    demand(
      meant === undefined && /^[a-z]\w*\.[a-z]\w*$/i.test(type),
      `on: "${type}" is no event type of Clerk's${meant ? `: did you mean "${meant}"?` : ', such as "user.created".'}`,
    )
    const before = typeof hook === 'object' && hook !== null && Reflect.get(hook, 'before') === true
    const run: unknown = before ? Reflect.get(hook, 'run') : hook
    demand(
      typeof run === 'function',
      `on["${type}"] must be a function that takes { event, tx, outcome }, or { before: true, run }, whose run gets the ` +
        'row as it was before the event as well.',
    )
    demand(
      !before || Object.hasOwn(adapter.tables, effectOf(type)?.entity ?? ''),
      `on["${type}"] asks for the row as it was before, and ${adapter.name} was given no table that ${type} fills.`,
    )
    hooks.set(type, { before, run: run as AnyHook['run'] })
  }
  demand(
    hooks.size === 0 || adapter.ledger,
    'Hooks need the ledger table, so that each message runs its hook once: give the adapter its events table, as in ' +
      `drizzleAdapter(db, { users, events: clerkEventsTable() }). ${adapter.name} was given none.`,
  )
  return hooks
}

function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new ClerkSyncError('config_invalid', message)
}

const isPositiveInteger = (value: unknown) => typeof value === 'number' && Number.isSafeInteger(value) && value > 0

const isLogger = (value: unknown) =>
  ['info', 'warn', 'error'].every((level) => typeof prop(value, level) === 'function')

const isPlainObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
