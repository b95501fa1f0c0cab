import { createClerkSync } from '@clerk-sync/core'
import { recordDeliveries } from '@clerk-sync/core/dev'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { expectTypeOf } from 'vitest'

// Checked by tsc: what comes back knows the same tables, rows and transaction.

const plain = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
const recorded = recordDeliveries(plain)

expectTypeOf(recorded).toEqualTypeOf(plain)
recorded.find('user', 'user_1')
// @ts-expect-error no table for it
recorded.find('organization', 'org_1')
// @ts-expect-error made of an adapter it is not
recordDeliveries(memoryAdapter({ users: { columns: { email: {} } } }))
