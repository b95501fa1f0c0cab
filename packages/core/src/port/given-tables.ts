import { ENTITY_OF, type Entity, entities, type TableName } from '../entities/all-entities.ts'
import { PART_OF, type Part, type PartTableName } from '../entities/parts/part-names.ts'
import { ClerkSyncError } from '../errors.ts'
import { type CamelCase, camelCase } from './casing.ts'
import { nearest } from './check-options.ts'
import type { NoLedger } from './sync-adapter.ts'
import type { ClerkSyncTypeError } from './type-error.ts'

/** The entity, or the part, whose rows a table of this name holds: `user` for `users`. */
export type EntityOf<Table> = Table extends TableName
  ? (typeof ENTITY_OF)[Table]
  : Table extends PartTableName
    ? (typeof PART_OF)[Table]
    : never

/** The tables that an adapter fills from Clerk: those of entities and those of parts. */
export type FilledTableName = TableName | PartTableName

/**
 * What an adapter is given: a table for each entity to sync, under its plural name; the events of those that are left out
 * are ignored. `emailAddresses`, `phoneNumbers`, `externalAccounts` and `web3Wallets` take what the users in `users` have
 * many of. `events` is the ledger, which hooks need; `deadLetters` keeps what the tables refuse until the end; `versions` has
 * the versions of the tables that have no sync columns.
 */
export type GivenTables<Table, Events, Letters = Events, Versions = Events, PartTable = Table> = {
  readonly [Name in TableName]?: Table
} & {
  readonly [Name in PartTableName]?: PartTable
} & {
  readonly events?: Events
  readonly deadLetters?: Letters
  readonly versions?: Versions
}

/**
 * The `Tx` of an adapter that was given these tables: hooks do not compile where the ledger is not among them. Of a union
 * of tables, set-up checks the one that is there.
 */
export type WithLedger<Given, Tx> = [LedgerOf<Given>] extends [undefined] ? NoLedger : Tx

type LedgerOf<Given> = Given extends unknown ? Given['events' & keyof Given] : never

/** For the parameter of an adapter: names that are none, each with the name that was meant. */
export type UnknownTables<Given> = {
  readonly [Name in Exclude<
    keyof Given & string,
    FilledTableName | OwnTable
  >]: ClerkSyncTypeError<`There is no table "${Name}": ${Advice<Name>}`>
}

/** Tables of the library's own. */
export type OwnTable = (typeof OWN_TABLES)[number]
const OWN_TABLES = ['events', 'deadLetters', 'versions'] as const

type Advice<Name extends string> = [MeantBy<Uncapitalize<CamelCase<Name>>>] extends [never]
  ? 'tables go by the plural of their entity, such as users, and the ledger is events'
  : `did you mean "${MeantBy<Uncapitalize<CamelCase<Name>>>}"?`

/** The names by their letters, whose case is easily mistaken. */
type Known = { readonly [Name in FilledTableName | OwnTable as Lowercase<Name>]: Name }

type MeantBy<Name extends string> = Known[Extract<
  Lowercase<Name | `${Name}s` | `organization${Name}` | `organization${Name}s`>,
  keyof Known
>]

/**
 * The tables to sync, out of what an adapter was given.
 *
 * @param options - `parts`: whether it takes tables of parts, which {@link givenParts} has
 * @throws ClerkSyncError `config_invalid` for a name that is none, or has no table: it would be left out in silence.
 */
export function givenTables<Table>(
  adapter: string,
  given: Readonly<Record<string, Table | undefined>>,
  { parts = false }: { readonly parts?: boolean } = {},
): readonly (readonly [Entity, Table])[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ClerkSyncError('config_invalid', `${adapter} takes an object of tables: { users: … }.`)
  }
  return Object.entries(given).flatMap(([name, table]): [Entity, Table][] => {
    if ((OWN_TABLES as readonly string[]).includes(name)) return []
    if (isPartTableName(name)) {
      demandGiven(adapter, name, table, 'nothing would fill it')
      if (parts && given.users !== undefined) return []
      throw new ClerkSyncError(
        'config_invalid',
        parts
          ? `${adapter} was given ${name} without users: they are written with their users. Give it the table of users as well.`
          : `${adapter} takes no table of ${name}: leave it out. The page "Parts" says which adapters do.`,
      )
    }
    if (isTableName(name)) {
      return [[ENTITY_OF[name], demandGiven(adapter, name, table, 'its events would be ignored')]]
    }
    const known = [...Object.keys(ENTITY_OF), ...Object.keys(PART_OF), ...OWN_TABLES]
    const meant = meantBy(name, known)
    throw new ClerkSyncError(
      'config_invalid',
      `${adapter}: There is no table "${name}"${meant ? `: did you mean "${meant}"?` : '.'} Pass an object of tables, ` +
        `{ users }; it can have ${known.join(', ')}.`,
    )
  })
}

/** The tables of parts, out of what {@link givenTables} found to be right. */
export function givenParts<Table>(
  given: Readonly<Record<string, Table | undefined>>,
): readonly (readonly [Part, Table])[] {
  return Object.entries(given).flatMap(([name, table]): [Part, Table][] =>
    isPartTableName(name) && table !== undefined ? [[PART_OF[name], table as Table]] : [],
  )
}

function demandGiven<Table>(adapter: string, name: string, table: Table | undefined, otherwise: string): Table {
  if (table !== undefined) return table
  throw new ClerkSyncError(
    'config_invalid',
    `${adapter}: ${name} is undefined, and ${otherwise}: see that its table is exported under the name that it is imported ` +
      'by, or leave it out.',
  )
}

/** The same as `MeantBy`, and one that is spelt nearly alike. */
function meantBy(name: string, known: readonly string[]): string | undefined {
  const camel = camelCase(name.charAt(0).toLowerCase() + name.slice(1))
  const ofOrganizations = `organization${camel.charAt(0).toUpperCase()}${camel.slice(1)}`
  const names = [camel, `${camel}s`, ofOrganizations, `${ofOrganizations}s`]
  return names.find((one) => known.includes(one)) ?? nearest(name, known)
}

/** The name of the table that holds an entity's rows: `users` for `user`. */
export function tableNameOf<E extends Entity>(entity: E): TableName<E> {
  return entities[entity].table
}

function isPartTableName(name: string): name is PartTableName {
  return Object.hasOwn(PART_OF, name)
}

function isTableName(name: string): name is TableName {
  return Object.hasOwn(ENTITY_OF, name)
}
