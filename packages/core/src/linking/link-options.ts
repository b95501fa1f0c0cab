import type { EntityTypes } from '../entities/all-entities.ts'
import { ClerkSyncError } from '../errors.ts'
import { checkOptions } from '../port/check-options.ts'
import { prop } from '../port/prop.ts'
import type { Rows, SyncAdapter } from '../port/sync-adapter.ts'

/** The row of a user, as the application's own queries give it. */
export type UserRow<Stored extends Rows> = NonNullable<Stored['user']>

type ColumnOf<Row> = keyof Row & string

/** A user of Clerk's, without what the user can write: no row may be won by it. */
export type LinkedUser = Omit<EntityTypes['user']['json'], 'unsafe_metadata'>

interface Overwrite {
  /**
   * Whether a row loses its value where Clerk has none. Default false: it keeps it until the next event, backfill or
   * reconcile that writes the user, since then Clerk is right. Move the values to Clerk before that, or leave the column to
   * the application.
   */
  readonly overwrite?: boolean | undefined
}

/** By e-mail address: equal in lower case, character by character, and verified on both sides. */
export interface LinkByEmail<Row> extends Overwrite {
  readonly by: 'email'
  /** The column of the address. Default: `email`. */
  readonly column?: ColumnOf<Row> | undefined
  /**
   * Whether the address of a row was proven to be its user's: `(row) => row.emailVerifiedAt !== null`. Whoever can put an
   * address of somebody else's into an unproven row would get, or give away, that user's account.
   */
  readonly proven: (row: Row) => boolean
  /** Whether an address counts that nobody but an administrator has called verified in Clerk. Default false. */
  readonly adminVerified?: boolean | undefined
}

/** By Clerk's `external_id`, which the application's backend alone can write. */
export interface LinkByExternalId<Row> extends Overwrite {
  readonly by: 'external_id'
  /** The column whose value it is, as text: the table's own key as a rule. */
  readonly column: ColumnOf<Row>
  /** Which rows may be linked. Default: all. */
  readonly proven?: ((row: Row) => boolean) | undefined
}

/** By a function of the application's. */
export interface LinkByFunction<Row> extends Overwrite {
  /** The value of `column` in the user's row; undefined where there is none. It must be pure. */
  readonly by: (user: LinkedUser, record: EntityTypes['user']['record']) => string | number | bigint | null | undefined
  /** The column that has it. */
  readonly column: ColumnOf<Row>
  /** Which rows may be linked. Default: all. */
  readonly proven?: ((row: Row) => boolean) | undefined
}

/** How a row that was there before finds its user. */
export type LinkOptions<Row = object> = LinkByEmail<Row> | LinkByExternalId<Row> | LinkByFunction<Row>

/** For those who sign up during a move. */
export type DeliveryLinkOptions<Row = object> = LinkOptions<Row> & {
  /** When the move is over: from then on, deliveries link nothing. */
  readonly until: Date
}

/** The options with their defaults, found to be right. */
export interface LinkRules {
  readonly by: LinkOptions['by']
  readonly column: string
  readonly proven: (row: object) => boolean
  readonly adminVerified: boolean
  readonly overwrite: boolean
}

const OPTIONS = ['by', 'column', 'proven', 'adminVerified', 'overwrite']
const ALIASES = { verified: 'proven', where: 'proven', filter: 'proven', key: 'column' }

/**
 * @param owner - the function and the option, for the message: `backfill: link`
 * @param more - options beside those of linking
 * @throws ClerkSyncError `config_invalid`
 */
export function resolveLink(
  owner: string,
  given: object,
  adapter: SyncAdapter,
  more: readonly string[] = [],
): LinkRules {
  checkOptions(owner, given, [...OPTIONS, ...more], ALIASES)
  const {
    by,
    column = by === 'email' ? 'email' : undefined,
    proven,
    adminVerified = false,
    overwrite = false,
  } = given as { readonly [Option in keyof LinkByEmail<object>]?: unknown }
  const demand = (holds: boolean, message: string) => {
    if (!holds) throw new ClerkSyncError('config_invalid', `${owner}${message}`)
  }
  demand(
    by === 'email' || by === 'external_id' || typeof by === 'function',
    `.by is 'email', 'external_id', or a function that gives the value of the column in a user's row.`,
  )
  demand(typeof column === 'string' && column !== '', '.column must name the column that has the value.')
  demand(
    typeof proven === 'function' || (proven === undefined && by !== 'email'),
    '.proven must be a function that says of a row whether its address was proven: (row) => row.emailVerifiedAt !== null. ' +
      "Linking by an unproven address would let one user take another's account.",
  )
  demand(adminVerified === false || by === 'email', `.adminVerified is for by: 'email'.`)
  for (const [name, value] of Object.entries({ adminVerified, overwrite })) {
    demand(typeof value === 'boolean', `.${name} is true, or false (default).`)
  }
  demand(prop(adapter.tables, 'user') !== undefined, `: ${adapter.name} was given no table of users.`)
  demand(
    adapter.linking !== undefined,
    `: ${adapter.name} cannot link rows that were there before. Write their Clerk ids with a migration or a script, and ` +
      'leave link out; the page "Adopting a table" has the statements.',
  )
  return {
    by: by as LinkRules['by'],
    column: column as string,
    proven: (proven as LinkRules['proven'] | undefined) ?? (() => true),
    adminVerified: adminVerified as boolean,
    overwrite: overwrite as boolean,
  }
}
