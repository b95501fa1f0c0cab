import type { FrameworkName } from '@clerk-sync/project'
import { clerkColumns } from '../tables/clerk-tables.ts'
import type { Column, DatabaseName, Table } from '../tables/table.ts'

export const ORMS = ['drizzle', 'prisma', 'kysely'] as const
export const DATABASES = ['postgres', 'mysql', 'sqlite'] as const satisfies readonly DatabaseName[]
export const TABLES = ['users', 'organizations', 'organizationMemberships'] as const

export type Orm = (typeof ORMS)[number]
export type TableName = (typeof TABLES)[number]

/** What is to be written. */
export interface Choices {
  readonly framework: FrameworkName
  readonly orm: Orm
  readonly database: DatabaseName
  readonly tables: readonly TableName[]
  /** Whether hooks get their ledger. */
  readonly ledger: boolean
  /** Whether coding agents get the skill. */
  readonly skill?: boolean
}

/** The tables to write, with their versions in the rows. */
export const chosenTables = ({ tables }: Pick<Choices, 'tables'>): readonly Table[] =>
  tables.map((name) => ({ name, versions: 'row', columns: COLUMNS[name] }))

const COLUMNS: { readonly [T in TableName]: readonly Column[] } = {
  users: clerkColumns('users', ['email', 'firstName', 'lastName', 'imageUrl']),
  organizations: clerkColumns('organizations', ['name', 'slug', 'imageUrl']),
  organizationMemberships: clerkColumns('organizationMemberships', ['organizationId', 'userId', 'role']),
}
