import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ClerkApi, type ClerkApiObjects, type ClerkApiOptions, startClerkApi } from '@clerk-sync/testing'
import { expect, onTestFinished } from 'vitest'
import { ClerkSyncError, type TableName } from '../../src/index.ts'
import {
  type MemoryAdapterOptions,
  MemoryDatabase,
  type MemoryRow,
  memorySchema,
} from '../../src/memory/memory-adapter.ts'
import { syncOf, TABLES as TABLES_OF_ALL } from '../fixtures/sync.ts'

/** What the server has, and the tables that hold it. */
export const TABLE_OF = {
  users: 'users',
  organizations: 'organizations',
  memberships: 'organizationMemberships',
  organizationInvitations: 'organizationInvitations',
  organizationDomains: 'organizationDomains',
  roles: 'roles',
  permissions: 'permissions',
  waitlistEntries: 'waitlistEntries',
  subscriptions: 'subscriptions',
  subscriptionItems: 'subscriptionItems',
  paymentAttempts: 'paymentAttempts',
} as const satisfies { readonly [K in keyof ClerkApiObjects]?: TableName }

export const KINDS = Object.keys(TABLE_OF) as readonly (keyof typeof TABLE_OF)[]
type Table = (typeof TABLE_OF)[keyof typeof TABLE_OF]

interface StoredRow extends MemoryRow {
  readonly id: string
  readonly clerkVersion: string
  readonly deletedAt: Date | null
}

/** Clerk, a library over a memory store, and how the one is read into the other. */
export async function setting(
  clerk: ClerkApiOptions = {},
  options: Parameters<typeof syncOf>[0] = {},
  memory: MemoryAdapterOptions = {},
  versions: 'row' | 'beside' = 'row',
) {
  const api = await startClerkApi({ seed: 1, webhooks: 'never', ...clerk })
  onTestFinished(() => api.close())
  const clerkSync = syncOf(options, memory, versions)
  const read = { secretKey: api.secretKey, apiUrl: api.url, limits: { requestsPer10s: 1_000_000, retries: 2 } }
  const rows = (table: Table): readonly StoredRow[] => {
    const stored: readonly StoredRow[] = clerkSync.adapter.rows(table) as never
    if (versions === 'row') return stored
    const beside = clerkSync.adapter.rows('versions').filter(({ tableName }) => tableName === table)
    return stored.map((row) => ({ ...row, ...beside.find(({ entityId }) => entityId === row.id), id: row.id }))
  }
  const row = (table: Table, id: string) => rows(table).find((one) => one.id === id)
  return { api, clerkSync, read, rows, row, settled: { ...read, settleMs: 0, graceMs: 0 } }
}

/** Tables in which no two users have the same e-mail address. */
export function uniqueEmails(): MemoryDatabase {
  const users = { columns: { ...TABLES_OF_ALL.users.columns, email: { unique: true } } }
  return new MemoryDatabase(memorySchema({ ...TABLES_OF_ALL, users }))
}

type Setting = Awaited<ReturnType<typeof setting>>

/**
 * Fails where the live rows are not what Clerk has: read from the store and from the server, not from any result.
 *
 * @param unknowable - ids that the last reconcile did not meet, and whose deletion never comes: live or not
 */
export function expectClerksTruth(
  { api, rows }: Pick<Setting, 'api' | 'rows'>,
  unknowable: ReadonlySet<string> = new Set(),
): void {
  const liveIn = (table: Table) => rows(table).filter(({ id, deletedAt }) => deletedAt === null && !unknowable.has(id))
  for (const kind of KINDS) {
    const live = liveIn(TABLE_OF[kind])
    expect(live.map(({ id }) => id).sort(), kind).toEqual(api[kind].ids().sort())
  }
  for (const row of liveIn('users')) {
    expect(row.email).toBe(emailOf(api, row.id))
  }
}

export function emailOf(api: ClerkApi, id: string): string | null {
  const user = api.users.get(id)
  const primary = user?.email_addresses.find((one) => one.id === user.primary_email_address_id)
  return primary?.email_address ?? null
}

/** A proxy in front of the server, that asks it for another path than it was asked for, or answers with another body. */
export async function proxyOf(
  api: Pick<ClerkApi, 'url'>,
  rewrite: (path: string) => string,
  answered: (path: string, body: string) => string = (_, body) => body,
): Promise<string> {
  const server = createServer(async ({ url = '', headers }, response) => {
    const answer = await fetch(`${api.url}${rewrite(url)}`, { headers: { authorization: headers.authorization ?? '' } })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(answered(url, await answer.text()))
  }).listen(0)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

export function failsWith(code: string, message: RegExp) {
  return expect.toSatisfy(
    (error: unknown) => ClerkSyncError.is(error) && error.code === code && message.test(error.message),
  )
}
