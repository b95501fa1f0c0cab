// Checked by the compiler: rows that were there before are linked by columns that they have, and never without a proof.
import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { backfill } from '@clerk-sync/core/clerk-api'
import type { Generated, Kysely } from 'kysely'

interface Database {
  users: SyncColumns & { id: Generated<number>; clerk_id: string | null; email: string | null; proven_at: Date | null }
}
declare const db: Kysely<Database>
declare const until: Date

const adapter = kyselyAdapter(db, { users: { table: 'users', key: 'clerk_id', columns: ['email'] } })

// What a row has is what the application's own queries give.
createClerkSync({ adapter, link: { by: 'email', proven: (row) => row.proven_at !== null, until } })
createClerkSync({ adapter, link: { by: 'external_id', column: 'id', until } })
createClerkSync({ adapter, link: { by: ({ public_metadata: { old } }) => String(old), column: 'id', until } })
const clerkSync = createClerkSync({ adapter })
backfill(clerkSync, { link: { by: 'email', column: 'email', proven: (row) => row.proven_at !== null } })
backfill(clerkSync, {
  link: { by: 'external_id', column: 'id', proven: (row) => row.proven_at !== null },
  dryRun: true,
})

// An unproven address would give one user's row to another.
// @ts-expect-error Nothing says which rows' addresses were proven.
createClerkSync({ adapter, link: { by: 'email', until } })
// @ts-expect-error Nothing says which rows' addresses were proven.
backfill(clerkSync, { link: { by: 'email' } })
// @ts-expect-error That all were is said by a function.
backfill(clerkSync, { link: { by: 'email', proven: true } })
// @ts-expect-error A promise is always true.
backfill(clerkSync, { link: { by: 'email', proven: async (row) => row.proven_at !== null } })
// @ts-expect-error The user can write it.
backfill(clerkSync, { link: { by: ({ unsafe_metadata }) => String(unsafe_metadata), column: 'id' } })

// Columns are those of the table.
// @ts-expect-error The row has no such column.
createClerkSync({ adapter, link: { by: 'email', proven: (row) => row.verified, until } })
// @ts-expect-error The row has no such column.
backfill(clerkSync, { link: { by: 'email', proven: (row) => row.verified } })
// @ts-expect-error There is no such column.
createClerkSync({ adapter, link: { by: 'email', column: 'mail', proven: () => true, until } })
// @ts-expect-error There is no such column.
backfill(clerkSync, { link: { by: 'external_id', column: 'provenAt' } })
// @ts-expect-error Which column has it?
backfill(clerkSync, { link: { by: 'external_id' } })
// @ts-expect-error Which column has it?
backfill(clerkSync, { link: { by: () => 1 } })
// @ts-expect-error When is the move over?
createClerkSync({ adapter, link: { by: 'external_id', column: 'id' } })
