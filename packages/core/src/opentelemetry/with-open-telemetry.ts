import { ClerkSyncError } from '../errors.ts'
import { toFetchHandler } from '../hosts/fetch.ts'
import { checkOptions } from '../port/check-options.ts'
import type { Rows } from '../port/sync-adapter.ts'
import { storeAccessOf, withStoreAccess } from '../store-access.ts'
import type { ClerkSync } from '../types.ts'
import { resultFacts } from './facts.ts'
import { type OpenTelemetryOptions, Telemetry } from './telemetry.ts'

export type { OpenTelemetryOptions } from './telemetry.ts'

/**
 * The same clerkSync, whose deliveries are traced and counted by OpenTelemetry. Statements of an instrumented driver are
 * children of the delivery's span, but for those that several deliveries share (`batch`). Make the routes, the workers and
 * the runs from what it returns. Without an SDK that is registered, it records nothing.
 *
 * Spans: `receive user.created`, `verify …`, `apply …` and `applyMany`, of the kind CONSUMER; `clerk-sync backfill`,
 * `clerk-sync reconcile` and the like, INTERNAL. Metrics: `clerk_sync.deliveries`, `clerk_sync.delivery.duration` (s),
 * `clerk_sync.delivery.lag` (s) and `clerk_sync.delivery.last_accepted` (s since 1970).
 *
 * Nothing of a payload, a row or an error's message is recorded: types of events, outcomes, codes of errors, numbers, and
 * on spans the message id. https://clerk-sync.github.io/clerk-sync/observability lists all.
 *
 * @example
 * ```ts
 * import { createClerkSync } from '@clerk-sync/core'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 * import { withOpenTelemetry } from '@clerk-sync/core/opentelemetry'
 *
 * const adapter = memoryAdapter({ users: { columns: { email: {} } } })
 *
 * export const clerkSync = withOpenTelemetry(createClerkSync({ adapter }))
 * export const POST = clerkSync.handler
 * ```
 * @throws ClerkSyncError `config_invalid` for what createClerkSync did not return, for one that is observed already, and for
 * options that do not exist.
 */
export function withOpenTelemetry<Stored extends Rows, Tx>(
  clerkSync: ClerkSync<Stored, Tx>,
  options: OpenTelemetryOptions = {},
): ClerkSync<Stored, Tx> {
  const access = storeAccessOf('withOpenTelemetry(clerkSync)', clerkSync)
  checkOptions('withOpenTelemetry', options, ['tracerProvider', 'meterProvider'])
  if (access.isObserved) {
    throw new ClerkSyncError(
      'config_invalid',
      'withOpenTelemetry was given what it returned: each delivery would be counted twice. Call it once.',
    )
  }
  const telemetry = new Telemetry(options)

  const receive: typeof access.receive = (...given) =>
    telemetry.delivery('receive', undefined, () => access.receive(...given), resultFacts)
  const applyOne: typeof access.applyOne = (event, lastAttempt) =>
    telemetry.delivery(
      'apply',
      event,
      () => access.applyOne(event, lastAttempt),
      (delivered) => ({ event, ...delivered }),
    )
  const observed: ClerkSync<Stored, Tx> = {
    ...clerkSync,
    receive,
    handler: toFetchHandler({ receive }),
    verify: (delivery, verified) =>
      telemetry.delivery(
        'verify',
        undefined,
        () => clerkSync.verify(delivery, verified),
        (event) => ({ event, outcome: 'verified' }),
      ),
    apply: async (event, { lastAttempt = false } = {}) => (await applyOne(event, lastAttempt)).outcome,
    applyMany: (events, manyOptions) =>
      telemetry.batch('applyMany', events, () => clerkSync.applyMany(events, manyOptions)),
    deadLetters: {
      ...clerkSync.deadLetters,
      retry: (id) => telemetry.run('deadLetters.retry', () => clerkSync.deadLetters.retry(id)),
    },
    prune: (pruneOptions) => telemetry.run('prune', () => clerkSync.prune(pruneOptions)),
  }
  return withStoreAccess(observed, {
    ...access,
    receive,
    applyOne,
    isObserved: true,
    runUntilClosed: (name, work) => telemetry.run(name, () => access.runUntilClosed(name, work)),
  })
}
