import type { Problem } from '@clerk-sync/core'
import type { ColumnFacts, PartialUniqueFacts, UniqueFacts } from '@clerk-sync/core/sql'

/** What clerk_sync_facts says of a table. What older functions do not say is missing. */
export interface StoredFacts {
  /** The role that asked, and that writes. */
  readonly role?: string
  /** No view, foreign or partitioned table. */
  readonly ordinary?: boolean
  /** Whether row-level security holds the role, and whether there is a policy that could let it write. */
  readonly rowSecurity?: boolean
  readonly policies?: boolean
  readonly mayDelete?: boolean
  /** Roles of the API that may use the table, and that no row-level security holds. */
  readonly openTo?: readonly string[]
  readonly columns: Readonly<Record<string, StoredColumn>>
  /** Unique, and over every row. */
  readonly indexes: readonly (UniqueFacts & { readonly primary: boolean })[]
  /** The columns that an index of every row begins with. */
  readonly leading?: readonly string[]
  readonly references: readonly string[]
  /** The tables of the schema `public` that it refers to. */
  readonly refersTo?: readonly string[]
  readonly partialUniques?: readonly PartialUniqueFacts[]
  readonly triggers?: readonly string[]
  readonly rules?: readonly string[]
  readonly checks?: readonly StoredCheck[]
}

/** A CHECK constraint, and the columns that it is about. */
interface StoredCheck {
  readonly name: string
  readonly columns: readonly string[]
}

interface StoredColumn extends Omit<ColumnFacts, 'length' | 'labels'> {
  readonly length?: number | null
  readonly labels?: readonly string[] | null
  readonly filled: boolean
  /** The database alone gives it a value. */
  readonly generated?: boolean
  /** The privileges that the role does not have. */
  readonly lacks?: readonly Privilege[]
}

export type Privilege = 'select' | 'insert' | 'update'

/** The key among the tables' facts, and what this adapter's sql/functions.sql says there. */
const VERSION_KEY = 'clerk_sync_version'
export const FUNCTIONS_VERSION = 7

/** Where the functions are not of this adapter, as in a rolling deploy: each side works with the other, as it can. */
export function versionProblems(stored: object): Problem[] {
  const found: unknown = Reflect.get(stored, VERSION_KEY) ?? 1
  if (found === FUNCTIONS_VERSION) return []
  const isOlder = Number(found) < FUNCTIONS_VERSION
  const message =
    `The functions of clerk-sync in the database are of version ${found}, and this adapter's of version ` +
    `${FUNCTIONS_VERSION}: ${isOlder ? OLD_FUNCTIONS : OLD_ADAPTER}`
  return [{ severity: isOlder ? 'error' : 'warning', table: VERSION_KEY, message }]
}

const OLD_FUNCTIONS =
  'until you run sql/functions.sql of the installed @clerk-sync/adapter-supabase, what the new version mends is broken still.'
const OLD_ADAPTER = 'upgrade @clerk-sync/adapter-supabase here too.'

export function areFacts(
  data: unknown,
  names: readonly string[],
): data is Readonly<Record<string, StoredFacts | null>> {
  return names.every((name) => {
    const facts: unknown = Reflect.get(Object(data), name)
    return facts === null || (typeof facts === 'object' && 'columns' in facts && 'indexes' in facts)
  })
}
