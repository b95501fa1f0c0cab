import type { FrameworkName } from '../frameworks/all-frameworks.ts'

export const ORMS = ['drizzle', 'prisma', 'kysely'] as const
export const DATABASES = ['postgres', 'mysql', 'sqlite'] as const
export const TABLES = ['users', 'organizations', 'organizationMemberships'] as const

export type Orm = (typeof ORMS)[number]
export type DatabaseName = (typeof DATABASES)[number]
export type Table = (typeof TABLES)[number]

/** What is to be written. */
export interface Choices {
  readonly framework: FrameworkName
  readonly orm: Orm
  readonly database: DatabaseName
  readonly tables: readonly Table[]
  /** Whether coding agents get the skill. */
  readonly skill?: boolean
}

/** A column that the default mapping fills, by the record's name for it. */
export interface ColumnChoice {
  readonly name: string
  /** Whether it is a Clerk id. */
  readonly id?: true
  readonly required?: true
  /** Whether 255 characters may be too few. */
  readonly long?: true
}

export const COLUMNS: { readonly [T in Table]: readonly ColumnChoice[] } = {
  users: [{ name: 'email' }, { name: 'firstName' }, { name: 'lastName' }, { name: 'imageUrl', long: true }],
  organizations: [{ name: 'name' }, { name: 'slug' }, { name: 'imageUrl', long: true }],
  organizationMemberships: [
    { name: 'organizationId', id: true, required: true },
    { name: 'userId', id: true, required: true },
    { name: 'role', required: true },
  ],
}

export const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
