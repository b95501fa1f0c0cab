// Checked by the compiler: rows that were there before are linked by columns that they have, and never without a proof.
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { backfill } from '@clerk-sync/core/clerk-api'
import type { PrismaClient } from './.generated/adopted/prisma/client.ts'
import type { PrismaClient as MysqlClient } from './.generated/adopted-mysql/prisma/client.ts'

declare const prisma: PrismaClient
declare const mysql: MysqlClient
declare const until: Date

const user = (_: unknown, { email }: { readonly email: string | null }) => ({ email: email ?? '' })
const map = { user, deletedUser: () => ({ email: '' }) }
const adapter = prismaAdapter(prisma, { users: 'user' })

// What a row has is what the application's own queries give.
createClerkSync({ adapter, map, link: { by: 'email', proven: (row) => row.emailConfirmed, until } })
createClerkSync({ adapter, map, link: { by: 'external_id', column: 'id', until } })
createClerkSync({ adapter, map, link: { by: ({ public_metadata: { old } }) => String(old), column: 'id', until } })
const clerkSync = createClerkSync({ adapter, map })
backfill(clerkSync, { link: { by: 'email', column: 'email', proven: (row) => row.emailConfirmed } })
backfill(clerkSync, { link: { by: 'external_id', column: 'id', proven: (row) => row.emailConfirmed }, dryRun: true })

// An unproven address would give one user's row to another.
// @ts-expect-error Nothing says which rows' addresses were proven.
createClerkSync({ adapter, map, link: { by: 'email', until } })
// @ts-expect-error Nothing says which rows' addresses were proven.
backfill(clerkSync, { link: { by: 'email' } })
// @ts-expect-error That all were is said by a function.
backfill(clerkSync, { link: { by: 'email', proven: true } })
// @ts-expect-error A promise is always true.
backfill(clerkSync, { link: { by: 'email', proven: async (row) => row.emailConfirmed } })
// @ts-expect-error The user can write it.
backfill(clerkSync, { link: { by: ({ unsafe_metadata }) => String(unsafe_metadata), column: 'id' } })

// Columns are those of the table.
// @ts-expect-error The row has no such column.
createClerkSync({ adapter, map, link: { by: 'email', proven: (row) => row.verified, until } })
// @ts-expect-error The row has no such column.
backfill(clerkSync, { link: { by: 'email', proven: (row) => row.verified } })
// @ts-expect-error There is no such column.
createClerkSync({ adapter, map, link: { by: 'email', column: 'mail', proven: () => true, until } })
// @ts-expect-error There is no such column.
backfill(clerkSync, { link: { by: 'external_id', column: 'email_confirmed' } })
// @ts-expect-error Which column has it?
backfill(clerkSync, { link: { by: 'external_id' } })
// @ts-expect-error Which column has it?
backfill(clerkSync, { link: { by: () => 1 } })
// @ts-expect-error When is the move over?
createClerkSync({ adapter, map, link: { by: 'external_id', column: 'id' } })

// The clients of the other databases as well.
const onMysql = prismaAdapter(mysql, { users: 'user' })
createClerkSync({ adapter: onMysql, map, link: { by: 'email', proven: (row) => row.emailConfirmed, until } })
// @ts-expect-error Nothing says which rows' addresses were proven.
createClerkSync({ adapter: onMysql, map, link: { by: 'email', until } })
// @ts-expect-error There is no such column.
createClerkSync({ adapter: onMysql, map, link: { by: 'external_id', column: 'email_confirmed', until } })
