import { ClerkSyncError } from '../../errors.ts'
import type { Problem, Values } from '../../port/sync-adapter.ts'
import type { ColumnInfo } from '../../port/table-info.ts'
import { unquoted } from '../names.ts'
import { isInRow, type KeyedTable } from '../table.ts'
import { affinityOf, type ColumnType, columnType } from './column-type.ts'
import type { ColumnFacts, TableFacts } from './table-facts.ts'
import { misfit } from './value-misfit.ts'

/** What a table's columns are given. */
export interface GivenValues {
  readonly mapped: readonly string[]
  /** What the map gives of samples of Clerk's: first of one with every part. */
  readonly samples: readonly Values[]
  /** Whether values are sent as JSON, which the database makes a text or a number of. */
  readonly sentAsJson?: boolean | undefined
}

/** Types that differ from the schema object's, or that have no room for what the map gives. */
export function checkTypes(synced: KeyedTable, facts: TableFacts, given: GivenValues): Problem[] {
  const written: Values = isInRow(synced) ? { [synced.deletedAt]: new Date(0) } : {}
  const samples = [{ ...given.samples[0], ...written }, ...given.samples.slice(1)]
  return [...given.mapped, ...Object.keys(written)].flatMap((property): Problem[] => {
    const column = unquoted(synced.column(property))
    const found = facts.columns.get(column)
    if (!found || found.generatedAs !== undefined) return []
    const message =
      differs(synced.columns[property], found) ??
      unfit(synced, property, found, valuesIn(samples, property), given.sentAsJson)
    if (message === undefined) return []
    return [{ severity: 'warning', table: synced.name, column, message: `${synced.name}.${column} ${message}` }]
  })
}

const MIGRATE = 'Run your migrations, or change the schema.'

function differs(info: ColumnInfo | undefined, found: ColumnFacts): string | undefined {
  if (!info) return undefined
  const is = typeOf(found)
  const named =
    `is ${found.declared ?? found.type} in the database and ${info.type ?? 'an enum'} in the schema that the adapter ` +
    'was given'
  if (found.affinity) {
    if (info.type === undefined) return undefined
    const wanted = affinityOf(info.type)
    if (wanted === 'any' || found.affinity === 'any' || wanted === found.affinity) return undefined
    // Names such as DATETIME, JSON and UUID make a column of numbers too, in which most texts stay: the value says.
    if (found.affinity === 'number' && !NUMBER_NAMES.test(found.declared ?? '')) return undefined
    return `${named}: ${CONVERTED[found.affinity]} ${MIGRATE}`
  }
  const wanted = columnType(info.type ?? '') ?? (info.labels && { kind: 'enum' as const, labels: info.labels })
  if (!is || !wanted) return undefined
  if (is.kind === 'enum') {
    const missing = (info.labels ?? wanted.labels ?? []).filter((label) => !is.labels?.includes(label))
    if (missing.length > 0) return `${lacks(found, missing)}, which the schema has: ${REFUSED} ${MIGRATE}`
    return wanted.kind === 'enum' || wanted.kind === 'text' ? undefined : `${named}: ${REFUSED} ${MIGRATE}`
  }
  if (wanted.kind === 'enum' && is.kind === 'text') return undefined
  // MySQL's boolean is a tinyint.
  const isBoolean = wanted.kind === 'boolean' && /^tinyint\b/i.test(found.type ?? '')
  if (isBoolean) return undefined
  if (is.kind !== wanted.kind) return `${named}: values are refused there, or read back as something else. ${MIGRATE}`
  if ((is.length ?? Infinity) < (wanted.length ?? Infinity))
    return `${named}: a longer value ${REFUSED_LATER} ${MIGRATE}`
  if ((is.bits ?? 0) < (wanted.bits ?? 0)) return `${named}: a larger number ${REFUSED_LATER} ${MIGRATE}`
  if ((found.fractionDigits ?? Infinity) < (wanted.digits ?? 0)) return `${named}: times are rounded there. ${MIGRATE}`
  return undefined
}

const NUMBER_NAMES = /int|real|floa|doub|num|dec/i
const REFUSED = 'a row with it is answered 503 value_refused.'
const REFUSED_LATER = 'is answered 503 value_refused.'
const CONVERTED = {
  text: 'SQLite keeps numbers there as text, which neither compares nor reads back as a number.',
  number: 'SQLite makes a number of text that looks like one: 007 becomes 7.',
}

function unfit(
  synced: KeyedTable,
  property: string,
  found: ColumnFacts,
  values: readonly unknown[],
  sentAsJson = false,
): string | undefined {
  const [value] = values
  if (value === undefined) return undefined
  let sent: unknown
  try {
    sent = sentAsJson ? value : synced.encode(property, value)
  } catch (error) {
    if (ClerkSyncError.is(error)) return `is not given what it takes: ${error.message}`
    throw error
  }
  const is = typeOf(found)
  if (found.affinity) {
    if (found.affinity === 'any') return undefined
    const converts = found.affinity === 'text' ? isNumber(sent) : typeof sent === 'string' && !isNeverNumber(sent)
    if (!converts) return undefined
    const [what, should] = found.affinity === 'text' ? ['a number', 'integer'] : ['text', 'text']
    return `is ${found.declared} and is filled with ${what}: ${CONVERTED[found.affinity]} Give it ${should}.`
  }
  if (!is) return undefined
  if (is.kind === 'enum') {
    const missing = values.map(String).filter((label) => !is.labels?.includes(label))
    if (missing.length === 0) return undefined
    return `${lacks(found, missing)}, which it is filled with: ${REFUSED} Add ${missing.length > 1 ? 'them' : 'it'}, or return from map.${synced.entity} what it takes.`
  }
  // A type whose values the adapter does not know: its own encoder decides what is sent.
  const info = synced.columns[property]
  if (info?.type !== undefined && info.takes === undefined) return undefined
  const wrong = misfit(is, { value, sent, sentAsJson, type: String(found.type) })
  return (
    wrong &&
    `is ${found.type} and is filled with ${wrong.what}: ${wrong.so} Give it ${wrong.should}, or return from ` +
      `map.${synced.entity} what it takes.`
  )
}

function typeOf({ type, labels }: ColumnFacts): ColumnType | undefined {
  return labels ? { kind: 'enum', labels } : type === undefined ? undefined : columnType(type)
}

function lacks({ type }: ColumnFacts, missing: readonly string[]): string {
  // MySQL's enum has its values in its name.
  const name = String(type).replace(/^enum\(.*\)$/i, 'enum')
  return `has the type ${name}, without the ${missing.length > 1 ? 'values' : 'value'} ${missing.join(', ')}`
}

/** What the map gave a column, each value once. */
function valuesIn(samples: readonly Values[], property: string): readonly unknown[] {
  const given = samples.map((sample) => sample[property]).filter((value) => value !== null && value !== undefined)
  return [...new Set(given)]
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** A time, JSON or a UUID: SQLite makes no number of them. */
function isNeverNumber(text: string): boolean {
  return /^(\d{4}-\d\d-\d\d|[[{"]|[\da-f]{8}-[\da-f]{4}-)/i.test(text)
}
