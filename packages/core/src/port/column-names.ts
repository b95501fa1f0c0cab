import { ClerkSyncError } from '../errors.ts'
import { checkOptions } from './check-options.ts'

/** What the columns of the library are called, where a table has other names for them. */
export interface ColumnNames {
  /** The column that holds the Clerk id. */
  readonly key?: string | undefined
  /** The column of the version. */
  readonly version?: string | undefined
  /** The column of the time at which Clerk deleted it. */
  readonly deletedAt?: string | undefined
}

/** The name that `Given` says in an option; `Usual` where it says none. */
export type ColumnName<Given, Option extends keyof ColumnNames, Usual> = Given extends {
  readonly [O in Option]: infer Name extends string
}
  ? Name
  : Usual

/** The names that `Given` says. */
export type NamedColumn<Given> =
  | ColumnName<Given, 'key', never>
  | ColumnName<Given, 'version', never>
  | ColumnName<Given, 'deletedAt', never>

const NAMES = ['key', 'version', 'deletedAt'] as const
const ALIASES = { id: 'key', clerkId: 'key', clerkVersion: 'version' }

/**
 * Checks what an adapter is given in the place of a table: the table and what its columns are called.
 *
 * @param holder - the option that has the table itself: `table`
 * @throws ClerkSyncError `config_invalid`
 */
export function columnNames(owner: string, holder: string, given: object): ColumnNames {
  checkOptions(owner, given, [holder, ...NAMES], { ...ALIASES, name: holder })
  const names: ColumnNames = given
  if (NAMES.every((option) => names[option] === undefined || typeof names[option] === 'string')) return names
  throw new ClerkSyncError('config_invalid', `${owner}: key, version and deletedAt are names of columns.`)
}

/** The same of a table of what a user has many of. */
export interface PartColumnNames {
  /** The column that holds the part's own Clerk id. */
  readonly key?: string | undefined
  /** The column that holds the Clerk id of its user. */
  readonly owner?: string | undefined
}

/** As {@link columnNames}. */
export function partColumnNames(owner: string, holder: string, given: object): PartColumnNames {
  checkOptions(owner, given, [holder, 'key', 'owner'], { id: 'key', clerkId: 'key', userId: 'owner', name: holder })
  const names: PartColumnNames = given
  const isName = (name: unknown) => name === undefined || typeof name === 'string'
  if (isName(names.key) && isName(names.owner)) return names
  throw new ClerkSyncError('config_invalid', `${owner}: key and owner are names of columns.`)
}
