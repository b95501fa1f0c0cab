import { invalid } from './answer.ts'
import { byCreation, type Collection, type Entry } from './collection.ts'

const DEFAULT_LIMIT = 10
const MAX_LIMIT = 500
const MAX_VALUES = 100

/** Whether an object belongs into an answer. */
export type Filter = (entry: Entry) => boolean

export interface Page {
  readonly limit: number
  readonly offset: number
}

/** A limit that is out of range counts for none, in silence: 501 gives 10. */
export function pageOf(query: URLSearchParams): Page {
  const limit = integer(query.get('limit'))
  return {
    limit: limit !== null && limit >= 1 && limit <= MAX_LIMIT ? limit : DEFAULT_LIMIT,
    offset: Math.max(0, integer(query.get('offset')) ?? 0),
  }
}

/** The values of a parameter that may be repeated, or written as one list. */
export function valuesOf(query: URLSearchParams, parameter: string): readonly string[] {
  const values = [...query.getAll(parameter), ...query.getAll(`${parameter}[]`)].flatMap((value) => value.split(','))
  if (values.length > MAX_VALUES) throw invalid(parameter, `${parameter} accepts up to ${MAX_VALUES} values.`)
  return values.filter((value) => value !== '')
}

type TextsOf = (entry: Entry) => readonly (string | null | undefined)[]

/** Keeps those that have one of the values of a parameter. Undefined where none is asked for. */
export function oneOf(query: URLSearchParams, parameter: string, of: TextsOf): Filter | undefined {
  const values = new Set(valuesOf(query, parameter))
  return values.size === 0 ? undefined : (entry) => has(of(entry), values)
}

/** The same, where a value with `-` before it keeps out, and one may have a `+`. */
export function oneOfSigned(query: URLSearchParams, parameter: string, of: TextsOf): Filter | undefined {
  const values = valuesOf(query, parameter)
  if (values.length === 0) return undefined
  // `+` comes through as it is, or as the space that it means in a query.
  const wanted = new Set(values.filter((value) => !value.startsWith('-')).map((value) => value.replace(/^[+ ]/, '')))
  const unwanted = new Set(values.filter((value) => value.startsWith('-')).map((value) => value.slice(1)))
  return (entry) => (wanted.size === 0 || has(of(entry), wanted)) && !has(of(entry), unwanted)
}

function has(texts: readonly (string | null | undefined)[], values: Set<string>): boolean {
  return texts.some((text) => typeof text === 'string' && values.has(text))
}

/** `…_after` and `…_before`, in ms. */
export function between(
  query: URLSearchParams,
  property: string,
  of: (entry: Entry) => number | null,
): Filter | undefined {
  const after = integer(query.get(`${property}_after`))
  const before = integer(query.get(`${property}_before`))
  if (after === null && before === null) return undefined
  return (entry) => {
    const time = of(entry)
    return time !== null && (after === null || time > after) && (before === null || time < before)
  }
}

/** Case-insensitive, in any part of one of the texts. */
export function contains(query: URLSearchParams, parameter: string, of: TextsOf): Filter | undefined {
  const text = query.get(parameter)?.toLowerCase()
  if (!text) return undefined
  return (entry) => of(entry).some((value) => value?.toLowerCase().includes(text))
}

/** What `order_by` asks for. `+` before a name, which in a query means a space, is ascending like none. */
export function orderOf(query: URLSearchParams, properties: readonly string[]): { property: string; down: boolean } {
  const order = query.get('order_by') || '-created_at'
  const property = order.replace(/^[-+ ]/, '')
  if (!properties.includes(property)) {
    throw invalid('order_by', `order_by takes ${properties.join(', ')}, with + or - before it.`)
  }
  return { property, down: order.startsWith('-') }
}

/** One page of what is in the collection, and how much there is in all. */
export function select(
  collection: Collection,
  query: URLSearchParams,
  properties: readonly string[],
  filters: readonly (Filter | undefined)[],
  sortValue: (entry: Entry, property: string) => string | number | null,
): { entries: readonly Entry[]; total: number } {
  const { property, down } = orderOf(query, properties)
  const all = collection.ordered(property, down, (entry) =>
    property === 'updated_at' ? entry.updatedAt : sortValue(entry, property),
  )
  const active = filters.filter((filter) => filter !== undefined)
  const found = active.length === 0 ? all : all.filter((entry) => active.every((filter) => filter(entry)))
  const { limit, offset } = pageOf(query)
  const cursor = query.get('starting_after')
  const from = cursor === null ? offset : placeAfter(cursor, property, down, query, collection, found)
  return { entries: found.slice(from, from + limit), total: found.length }
}

/** Where those begin that were created after the cursor, or before it. */
function placeAfter(
  cursor: string,
  property: string,
  down: boolean,
  query: URLSearchParams,
  collection: Collection,
  found: readonly Entry[],
): number {
  if (property !== 'created_at') throw invalid('starting_after', 'starting_after needs the order by created_at.')
  if (query.has('offset')) throw invalid('starting_after', 'starting_after and offset cannot be used together.')
  const last = collection.visible(cursor)
  if (!last) throw invalid('starting_after', `starting_after names ${cursor}, which is not there.`)
  const at = found.findIndex((entry) => (down ? byCreation(last, entry) > 0 : byCreation(entry, last) > 0))
  return at === -1 ? found.length : at
}

function integer(text: string | null): number | null {
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null
}
