import { ClerkSyncError } from '@clerk-sync/core'
import { checkOptions, type Entity, type Part } from '@clerk-sync/core/adapter'

/** What the columns of any table are like. */
export interface ColumnOptions {
  readonly table: string
  readonly columns: readonly string[]
  readonly key: string
  readonly defaults: object
  readonly json: readonly string[]
  readonly arrays: readonly string[]
}

interface TableOptions extends ColumnOptions {
  /** Left out where the versions are beside the table. */
  readonly sync?: { readonly clerkVersion: string; readonly deletedAt: string }
}

interface PartOptions extends ColumnOptions {
  readonly owner: string
}

const OPTIONS = ['table', 'columns', 'key', 'version', 'deletedAt', 'versions', 'defaults', 'json', 'arrays']
const PART_OPTIONS = ['table', 'columns', 'key', 'owner', 'defaults', 'json', 'arrays']
const ALIASES = { name: 'table', id: 'key', clerkId: 'key', clerkVersion: 'version' }

/** What the compiler checks, for those who have none. */
export function optionsOf(
  entity: Entity,
  given: unknown,
  { camelCase, hasVersions }: { readonly camelCase: boolean; readonly hasVersions: boolean },
): TableOptions {
  const options = columnsOf(entity, given, OPTIONS)
  const { table } = options
  const { version, deletedAt, versions } = given as Partial<Record<string, unknown>>
  if (versions !== undefined && versions !== 'row') {
    throw config(
      `${table}: versions is 'row', for a table with sync columns, or left out: its versions are then in the adapter's own ` +
        'table `versions`, if it was given one.',
    )
  }
  const isBeside = hasVersions && versions === undefined
  if (isBeside && (version !== undefined || deletedAt !== undefined)) {
    throw config(
      `${table}: version and deletedAt name sync columns, and the adapter was given a table \`versions\` for tables without ` +
        "them. Leave them out, or say versions: 'row' for this one.",
    )
  }
  const sync = {
    clerkVersion: named(version, camelCase ? 'clerkVersion' : 'clerk_version'),
    deletedAt: named(deletedAt, camelCase ? 'deletedAt' : 'deleted_at'),
  }
  return { ...options, ...(!isBeside && { sync }) }
}

/** The same for a table of parts. */
export function partOptionsOf(part: Part, given: unknown, camelCase: boolean): PartOptions {
  const options = columnsOf(part, given, PART_OPTIONS)
  const { owner } = given as Partial<Record<string, unknown>>
  return { ...options, owner: named(owner, camelCase ? 'userId' : 'user_id') }
}

function columnsOf(name: string, given: unknown, known: readonly string[]): ColumnOptions {
  const example = "{ table: 'app_user', columns: ['email', 'first_name'] }"
  if (typeof given === 'object' && given !== null) checkOptions(`The table for ${name}`, given, known, ALIASES)
  if (typeof given !== 'object' || given === null || !('table' in given) || !('columns' in given)) {
    throw config(`The table for ${name} takes its name and the columns to fill, since Kysely knows none: ${example}.`)
  }
  const { table, columns } = given
  const { key, defaults = {}, json = [], arrays = [] } = given as Partial<Record<string, unknown>>
  const listsAreNames = isNames(columns) && isNames(json) && isNames(arrays)
  if (typeof table !== 'string' || !listsAreNames || typeof defaults !== 'object' || !defaults) {
    throw config(`The table for ${name} takes a name, and lists of columns: ${example}.`)
  }
  return { table, columns, key: named(key, 'id'), defaults, json, arrays }
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

function named(value: unknown, usual: string): string {
  if (value === undefined) return usual
  if (typeof value === 'string') return value
  throw config('key, owner, version and deletedAt are names of columns.')
}

function config(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}
