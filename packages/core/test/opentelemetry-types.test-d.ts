import { type ClerkSync, createClerkSync, ensureUser } from '@clerk-sync/core'
import { type MemoryTransaction, memoryAdapter } from '@clerk-sync/core/memory'
import { withOpenTelemetry } from '@clerk-sync/core/opentelemetry'
import { metrics, trace } from '@opentelemetry/api'
import { expectTypeOf } from 'vitest'

// Checked by tsc: what comes back knows the same tables, rows and transaction.

const plain = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
const observed = withOpenTelemetry(plain)

expectTypeOf(observed).toEqualTypeOf(plain)
expectTypeOf<typeof observed extends ClerkSync<infer _, infer Tx> ? Tx : never>().toEqualTypeOf<MemoryTransaction>()
observed.find('user', 'user_1')
ensureUser(observed, { userId: 'user_1' })
// @ts-expect-error no table for it
observed.find('organization', 'org_1')

withOpenTelemetry(plain, { tracerProvider: trace, meterProvider: undefined })
// The provider that is registered, as the API gives it.
withOpenTelemetry(plain, { tracerProvider: trace.getTracerProvider(), meterProvider: metrics.getMeterProvider() })
// @ts-expect-error a tracer is no provider
withOpenTelemetry(plain, { tracerProvider: trace.getTracer('one') })
// @ts-expect-error made of an adapter it is not
withOpenTelemetry(memoryAdapter({ users: { columns: { email: {} } } }))
