import { chainOf } from '../errors.ts'
import { prop } from './prop.ts'

/** The rule of a table that refused a write, by the names that the database gave. */
export interface Refusal {
  readonly rule: 'not_null' | 'check' | 'unique' | 'too_long' | 'out_of_range' | 'type' | 'reference' | 'raised'
  /** Of the column, the constraint or the index; of the type where PostgreSQL says no more; of the function that raised, empty where it is not said. */
  readonly name: string
}

/** What drivers put before a database's own words. */
const PREFIX = String.raw`^(?:\(conn:[^)]*\) |D1_ERROR: |(?:SQLITE_CONSTRAINT\w*: )*(?:SQLite error: )?|target: \S+: vttablet: (?:rpc error: code = \w+ desc = )?)?`

/**
 * The words of PostgreSQL, MySQL, MariaDB and SQLite. From the beginning of a message, and up to the name alone: what
 * comes after it, or in the message of an ORM, may be the values of the row.
 */
const WORDS: readonly (readonly [Refusal['rule'], RegExp])[] = [
  ['not_null', /domain (\S+) does not allow null values/],
  ['not_null', /null value in column "([^"]+)"/],
  ['not_null', /Column '([^']+)' cannot be null/],
  ['not_null', /Field '([^']+)' doesn't have a default value/],
  ['not_null', /NOT NULL constraint failed: ([\w.]+)/],
  ['check', /new row for relation "[^"]+" violates check constraint "([^"]+)"/],
  ['check', /Check constraint '([^']+)' is violated/],
  ['check', /CONSTRAINT `([^`]+)` failed for/],
  ['check', /CHECK constraint failed: ([^\n]+)/],
  ['check', /CHECK OPTION failed '([^']+)'/],
  ['too_long', /value too long for type (\w[\w ]*(?:\(\d+\))?)/],
  ['too_long', /Data too long for column '([^']+)'/],
  [
    'out_of_range',
    /(?:value "[\d.eE+-]+" is out of range for type )?(smallint|integer|bigint|real|double precision)(?: out of range|$)/,
  ],
  ['out_of_range', /Out of range value for column '([^']+)'/],
  ['type', /invalid input value for enum ([^:]+): "/],
  ['type', /invalid input syntax for type ([\w ]+)/],
  ['type', /Data truncated for column '([^']+)'/],
  ['type', /Incorrect [\w ]+ value: '[^\n]*' for column [`']([^\n'@]+)[`'] at row \d+(?= \(errno|\n|$)/],
  ['type', /Invalid JSON text: [^\n]* in value for column '([^'\n@]+)'/],
  ['type', /cannot store \w+ value in \w+ column ([\w.]+)/],
  [
    'reference',
    /Cannot (?:add or update a child|delete or update a parent) row: a foreign key constraint fails \([^\n]*?CONSTRAINT `([^`]+)` FOREIGN KEY/,
  ],
  ['unique', /conflicting key value violates exclusion constraint "([^"]+)"/],
  ['unique', /duplicate key value violates unique constraint "([^"]+)"/],
  ['unique', /UNIQUE constraint failed: ([\w., ]+)/],
  ['unique', /Duplicate entry '[^\n]*' for key '([^'\n]+)'(?=\n|$)/],
].map(([rule, words]) => [rule as Refusal['rule'], new RegExp(PREFIX + (words as RegExp).source)])

/** Of PostgreSQL, whose words may be in another language: SQLSTATE, and the field with the name. */
const STATES: ReadonlyMap<unknown, readonly [Refusal['rule'], 'column' | 'constraint']> = new Map([
  ['23502', ['not_null', 'column']],
  ['23514', ['check', 'constraint']],
  ['23505', ['unique', 'constraint']],
  ['23P01', ['unique', 'constraint']],
  ['23503', ['reference', 'constraint']],
  ['23001', ['reference', 'constraint']],
])

/** Where PostgreSQL was when a function raised an error, in any language. What the error says is the application's, and may be a value. */
const RAISED_BY = /^PL\/pgSQL \S+ ([\w".]+)\(\)/

/** `raise()` of SQLite, and MySQL's `signal`. */
const RAISED: ReadonlySet<unknown> = new Set(['SQLITE_CONSTRAINT_TRIGGER', 'ER_SIGNAL_EXCEPTION'])

/** Which rule of the table refused a write, where the driver's error says so. Never a value of the row. */
export function refusalOf(error: unknown): Refusal | undefined {
  for (const link of chainOf(error)) {
    const [rule, field] = STATES.get(prop(link, 'code')) ?? []
    const name = field && (prop(link, field) ?? prop(link, `${field}_name`))
    if (rule && typeof name === 'string') return { rule, name }
    const raisedBy = prop(link, 'code') === 'P0001' ? RAISED_BY.exec(String(prop(link, 'where')))?.[1] : undefined
    if (raisedBy) return { rule: 'raised', name: raisedBy }
    if (RAISED.has(prop(link, 'code'))) return { rule: 'raised', name: '' }
    const message = prop(link, 'message')
    if (typeof message !== 'string') continue
    for (const [ofWords, words] of WORDS) {
      const found = words.exec(message)?.[1]
      if (found) return { rule: ofWords, name: found }
    }
  }
  return undefined
}

const RULES: Readonly<Record<Refusal['rule'], (name: string) => string>> = {
  not_null: (name) => `${name} is NOT NULL`,
  check: (name) => `the constraint ${name} forbids it`,
  unique: (name) => `another row has the values of ${name}`,
  too_long: (name) => `a value is too long for ${name}`,
  out_of_range: (name) => `a value is out of the range of ${name}`,
  type: (name) => `a value is none of ${name}`,
  reference: (name) => `the foreign key ${name} refers to a row that is not there`,
  raised: (name) =>
    `${name ? `${name}, which a trigger calls,` : 'a trigger'} raised an error, whose words are in the cause`,
}

/** In words that quote no row. */
export function describeRefusal({ rule, name }: Refusal): string {
  return RULES[rule](name)
}
