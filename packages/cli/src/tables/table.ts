// What the writers of schemas know of a table. Node reads this folder as it is, before a build, to make the tables that
// the documents show.

/** `longText`: 255 characters may be too few. `list`: of texts. `amount`: in the currency's minor unit. */
export type Kind = 'clerkId' | 'text' | 'longText' | 'list' | 'date' | 'amount' | 'number' | 'serial'

export interface Column {
  /** In camelCase, as the record's field is called. */
  readonly name: string
  readonly kind: Kind
  readonly primary?: true
  readonly required?: true
  readonly references?: Reference
  readonly comment?: string
}

/** What a table of the application's own may lack: the column of the Clerk id, and the sync columns. */
export type Lacking = 'clerkId' | 'syncColumns'

export interface Reference {
  /** The name of the table, which has the key `id`. */
  readonly table: string
  readonly onDelete: 'cascade' | 'set null'
}

export interface Table {
  /** In camelCase and plural: `users`. */
  readonly name: string
  /** Where Clerk's versions of its rows are; `none`: the application's own table, which no event writes. */
  readonly versions: 'row' | 'beside' | 'none'
  /** The column of the Clerk id, where the table has a key of its own beside it. */
  readonly key?: string
  /** Where the application has it: what it is to get. Its columns are named as they are. */
  readonly lacks?: readonly Lacking[]
  /** With its primary key, and without sync columns. */
  readonly columns: readonly Column[]
  readonly unique?: readonly (readonly string[])[]
  readonly indexes?: readonly (readonly string[])[]
}

export type DatabaseName = 'postgres' | 'mysql' | 'sqlite'

export const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
export const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

/** `organizationMemberships` is `organizationMembership`. */
export const singular = (name: string) => name.replace(/ies$/, 'y').replace(/s$/, '')

/** Tables of ours beside Clerk's, which the application's own are not. */
export interface TableOptions {
  /** Whether hooks get their ledger. */
  readonly ledger?: boolean | undefined
}

export const isSynced = ({ versions }: Table) => versions !== 'none'

export const hasVersionsBeside = (tables: readonly Table[]) => tables.some(({ versions }) => versions === 'beside')

/** `name: { … },`, on one line where it fits beside what it stands in. */
export function property(name: string, properties: readonly string[]): string {
  const line = `${name}: { ${properties.join(', ')} },`
  return line.length <= 110 ? line : `${name}: {\n${properties.map((one) => `    ${one},\n`).join('')}  },`
}

/** What a file imports: names by where they come from; a type's name begins with `type `. */
export type Imports = Readonly<Record<string, readonly string[]>>

/** The lines of imports, each source once, sorted as formatters sort them. */
export function importLines(...all: readonly Imports[]): string {
  const sources = [...new Set(all.flatMap((one) => Object.keys(one)))].sort()
  const bare = (name: string) => name.replace(/^type /, '')
  return sources
    .flatMap((source) => {
      const names = [...new Set(all.flatMap((one) => one[source] ?? []))]
      if (names.length === 0) return []
      names.sort((a, b) => (bare(a).toLowerCase() < bare(b).toLowerCase() ? -1 : 1))
      const areTypes = names.every((name) => name.startsWith('type '))
      const list = (areTypes ? names.map(bare) : names).join(', ')
      return [`import ${areTypes ? 'type ' : ''}{ ${list} } from '${source}'`]
    })
    .join('\n')
}
