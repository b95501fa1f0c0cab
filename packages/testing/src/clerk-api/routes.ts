import type { Json } from '../objects/json.ts'
import { type Answer, notFound } from './answer.ts'
import type { Collection, Entry } from './collection.ts'
import { type Filter, select } from './query.ts'

export interface ApiRequest {
  readonly method: string
  /** Without `/v1`. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Json
}

export type Handler = (request: ApiRequest, ...ids: string[]) => Answer | Promise<Answer>

/** A method, and a path whose `:name`s are handed to the handler in their order. */
export interface Route {
  readonly method: string
  readonly pattern: RegExp
  readonly handle: Handler
}

export function route(method: string, path: string, handle: Handler): Route {
  return { method, pattern: new RegExp(`^${path.replace(/:\w+/g, '([^/]+)')}$`), handle }
}

export function ok(body: unknown): Answer {
  return { status: 200, body }
}

/** The list of a collection: an array, or a page with `data` and `total_count`. */
export function listOf(
  collection: Collection,
  { query }: ApiRequest,
  shape: 'array' | 'page',
  properties: readonly string[],
  filters: readonly (Filter | undefined)[] = [],
  sortValue?: (entry: Entry, property: string) => string | number | null,
): Answer {
  const { entries, total } = select(collection, query, properties, filters, sortValue)
  const data = entries.map((entry) => collection.json(entry))
  return ok(shape === 'array' ? data : { data, total_count: total })
}

export function oneOf(collection: Collection, what: string, id: string): Answer {
  const entry = collection.visible(id)
  if (!entry) throw notFound(what, id)
  return ok(collection.json(entry))
}
