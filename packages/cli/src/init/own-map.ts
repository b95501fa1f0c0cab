import { camelCase } from '../tables/table.ts'
import type { OwnColumn, TableBefore } from './tables-before/table-before.ts'

interface Field {
  readonly kind: OwnColumn['kind']
  /** What tables of users call it, beside its own name. */
  readonly others?: readonly string[]
  /** Clerk has it of everybody. */
  readonly always?: true
  /** Two users never share it. */
  readonly unique?: true
}

/** What a column of a table of users is filled with, by the names that such tables have. */
const FIELDS: Readonly<Record<string, Field>> = {
  email: { kind: 'text', others: ['emailAddress', 'mail'] },
  emailVerified: { kind: 'boolean', always: true },
  phoneNumber: { kind: 'text', unique: true, others: ['phone', 'mobile'] },
  username: { kind: 'text', unique: true, others: ['handle'] },
  firstName: { kind: 'text', others: ['givenName'] },
  lastName: { kind: 'text', others: ['familyName', 'surname'] },
  fullName: { kind: 'text', others: ['name', 'displayName'] },
  imageUrl: { kind: 'text', others: ['image', 'avatar', 'avatarUrl', 'picture', 'photo', 'photoUrl'] },
  externalId: { kind: 'text', unique: true },
  publicMetadata: { kind: 'json' },
  banned: { kind: 'boolean', always: true },
  locked: { kind: 'boolean', always: true },
  lastSignInAt: { kind: 'date' },
}

interface Filled {
  readonly column: OwnColumn
  readonly field: string
  readonly byName: boolean
  readonly fits: boolean
}

function filledColumns(columns: readonly OwnColumn[]): Filled[] {
  return columns.flatMap((column): Filled[] => {
    const name = camelCase(column.name)
    const byName = Object.hasOwn(FIELDS, name)
    const field = byName ? name : Object.keys(FIELDS).find((one) => FIELDS[one]?.others?.includes(name))
    // Beside a column that has the field's own name, another one is something else.
    if (field === undefined || (!byName && columns.some((one) => camelCase(one.name) === field))) return []
    const { kind, always } = FIELDS[field] ?? {}
    const takes = always || !column.notNull || (kind === 'text' && (field === 'email' || !isUnique(column, field)))
    const fits = kind === column.kind && takes
    return [{ column, field, byName, fits }]
  })
}

/** The columns that Clerk fills, of a table of users of the application's own. */
export const columnsFilled = (columns: readonly OwnColumn[]): readonly string[] =>
  filledColumns(columns).flatMap(({ column, fits }) => (fits ? column.name : []))

/** The map of a table of users with a key of its own, as an option of createClerkSync. */
export const usersMap = (before: readonly TableBefore[]): readonly string[] =>
  before.flatMap(({ table, isOwn, columns }) => (table === 'users' && isOwn ? ownMap(columns) : []))

/**
 * The option `map` for a table of users of the application's own, where the names of its columns alone do not fill it
 * right; nothing where they do.
 */
function ownMap(columns: readonly OwnColumn[]): readonly string[] {
  const found = filledColumns(columns)
  const filled = found.filter(({ fits }) => fits)
  const taken = filled.filter(({ column, field }) => column.notNull && !FIELDS[field]?.always)
  if (filled.length === 0 || (taken.length === 0 && found.every(({ byName, fits }) => byName && fits))) return []
  const user = filled.map(({ column, field }) => `${column.name}: ${textOf(column, field)}`)
  const notNull = filled.filter(({ column }) => column.notNull)
  const deleted = notNull.map(({ column, field }) => `${column.name}: ${erasedOf(column, field)}`)
  const lines = [
    object('user', '(_user, record)', user),
    ...(deleted.length > 0
      ? [object('deletedUser', deleted.some((one) => one.includes('{id}')) ? '({ id })' : '()', deleted)]
      : []),
  ]
  return [`map: {\n${warning(columns)}${lines.map((line) => `    ${line},\n`).join('')}  }`]
}

/**
 * Columns whose values a row loses to a user of whom Clerk has none. A map cannot keep them: a column that it fills for some
 * users alone would depend on the order of their events.
 */
export const columnsWrittenOver = (columns: readonly OwnColumn[]): readonly string[] =>
  filledColumns(columns).flatMap(({ column, field, fits }) =>
    fits && field !== 'email' && !FIELDS[field]?.always ? column.name : [],
  )

function warning(columns: readonly OwnColumn[]): string {
  const names = columnsWrittenOver(columns)
  if (names.length === 0) return ''
  const lines = [
    `Where Clerk has no ${names.join(', ')}, the user's next event writes that over what the row had. To keep it, give the`,
    `values to Clerk before there is an endpoint, or leave the column out${names.some((name) => isDemanded(columns, name)) ? ' (one that is NOT NULL needs a default then)' : ''}.`,
  ]
  return lines.map((line) => `    // ${line}\n`).join('')
}

const isDemanded = (columns: readonly OwnColumn[], name: string) =>
  columns.some((column) => column.name === name && column.notNull && !column.hasDefault)

function object(name: string, parameters: string, properties: readonly string[]): string {
  const line = `${name}: ${parameters} => ({ ${properties.join(', ')} })`
  return line.length <= 110
    ? line
    : `${name}: ${parameters} => ({\n${properties.map((one) => `      ${one},\n`).join('')}    })`
}

/**
 * Not everybody has an address or a name: where NULL is not taken, a text that is nobody's. One that must differ from user to
 * user, as a username's, is left out: linking would take a stand-in for what Clerk has, and put it in place of the row's own.
 */
function textOf(column: OwnColumn, field: string): string {
  const { notNull } = column
  const value = `record.${field}`
  if (!notNull || FIELDS[field]?.always) return value
  if (field === 'email') return `${value} ?? \`\${record.id}@no-email.invalid\``
  return `${value} ?? ''`
}

/** Where the schema does not say, by the habit of such tables: a stand-in would take the place of a name that a row has. */
const isUnique = ({ unique }: OwnColumn, field: string) => unique ?? FIELDS[field]?.unique ?? false

function erasedOf(column: OwnColumn, field: string): string {
  if (column.kind === 'boolean') return 'false'
  if (field === 'email') return `\`\${id}@deleted.invalid\``
  return "''"
}

/** Columns that new users, who come from Clerk, would leave empty, and that do not take it. */
export const columnsLeftOut = (columns: readonly OwnColumn[]): readonly string[] => {
  const filled = columnsFilled(columns)
  return columns.flatMap(({ name, notNull, hasDefault }) =>
    notNull && !hasDefault && !filled.includes(name) && !/^(id|clerk_?id)$/i.test(name) ? name : [],
  )
}

const PROVEN =
  /^(is)?(email)?_?(address)?_?(verified|confirmed|proven)(_?(at|on))?$|^(verified|confirmed)_?(email|at)$/i

/** The column that says that a row's address was proven, where one has such a name. */
export const provenColumn = (columns: readonly OwnColumn[]): string | undefined =>
  columns.find(({ name, kind }) => PROVEN.test(name) && (kind === 'boolean' || kind === 'date'))?.name
