import type { Column, Kind } from './table.ts'

type Description = Omit<Column, 'name'>

const of =
  (kind: Kind) =>
  (comment?: string): Description => ({ kind, ...(comment !== undefined && { comment }) })
const required = (column: Description): Description => ({ ...column, required: true })

const [clerkId, text, longText, list, date, amount] = [
  of('clerkId'),
  of('text'),
  of('longText'),
  of('list'),
  of('date'),
  of('amount'),
]

/** The columns of Clerk's tables that the default mapping fills, by the record's names for them. */
export const CLERK_TABLES = {
  users: {
    email: text(),
    username: text(),
    firstName: text(),
    lastName: text(),
    fullName: text(),
    imageUrl: longText(),
  },
  organizations: { name: text(), slug: text(), imageUrl: longText() },
  organizationMemberships: {
    organizationId: required(clerkId()),
    userId: required(clerkId()),
    role: required(text('org:admin, org:member')),
  },
  organizationInvitations: {
    organizationId: required(clerkId()),
    email: required(text()),
    role: required(text()),
    status: text('pending, accepted, revoked'),
    expiresAt: date('passes without an event'),
  },
  roles: {
    key: text('org:admin: what a membership says'),
    name: text('Admin'),
    permissions: list('["org:posts:read"]'),
  },
  subscriptionItems: {
    userId: clerkId('who pays: this, or organizationId'),
    organizationId: clerkId(),
    planSlug: text(),
    planPeriod: text('month, annual'),
    status: required(text('active, canceled, past_due, upcoming, ended, …')),
    amount: amount('in the minor unit: 2000 is $20.00'),
    currency: text(),
    periodEnd: date('null: without an end'),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Description>>>>

export type ClerkTable = keyof typeof CLERK_TABLES

/** The Clerk id, and the columns of these names. */
export function clerkColumns<T extends ClerkTable>(
  table: T,
  names: readonly (keyof (typeof CLERK_TABLES)[T] & string)[],
): readonly Column[] {
  const described: Readonly<Record<string, Description>> = CLERK_TABLES[table]
  const columns = names.flatMap((name) => {
    const column = described[name]
    return column ? [{ name, ...column }] : []
  })
  return [{ name: 'id', kind: 'clerkId', primary: true }, ...columns]
}
