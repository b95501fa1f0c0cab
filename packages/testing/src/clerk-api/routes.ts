import type { Json } from '../objects/json.ts'
import { type Answer, invalid, notFound } from './answer.ts'
import type { EntityChanges } from './changes.ts'
import type { Collection, Entry } from './collection.ts'
import { type Filter, select } from './query.ts'
import type { KINDS, Kind, World } from './world.ts'

export interface ApiRequest {
  readonly method: string
  /** Without `/v1`. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Json
}

export type Handler = (request: ApiRequest, ...ids: string[]) => Answer

/** A method, and a path whose `:name`s are handed to the handler in their order. */
export interface Route {
  readonly method: string
  readonly pattern: RegExp
  readonly handle: Handler
}

/** What the routes answer from. */
export interface Instance {
  readonly id: string
  readonly world: World
  readonly changes: { readonly [K in Kind]: EntityChanges<(typeof KINDS)[K]['entity']> }
}

export function route(method: string, path: string, handle: Handler): Route {
  return { method, pattern: new RegExp(`^${path.replace(/:\w+/g, '([^/]+)')}$`), handle }
}

export function ok(body: unknown): Answer {
  return { status: 200, body }
}

export interface ListOptions {
  /** `page`: with `data` and `total_count`. `asked`: so where `paginated=true` asks for it, else an array. */
  readonly shape?: 'array' | 'page' | 'asked'
  /** What `order_by` takes beside `created_at`. */
  readonly orders?: readonly string[]
  readonly filters?: readonly (Filter | undefined)[]
  /** What to sort by. Unless said, the property of the object. */
  readonly sortValue?: (entry: Entry, property: string) => string | number | null
  /** How the API shows an object, where that differs from an event. */
  readonly show?: (json: Json) => Json
}

export function listOf(collection: Collection, { query }: ApiRequest, options: ListOptions = {}): Answer {
  const { shape = 'page', orders = [], filters = [], show = (json) => json } = options
  const { sortValue = (entry, property) => plain(collection.json(entry)[property]) } = options
  const { entries, total } = select(collection, query, ['created_at', ...orders], filters, sortValue)
  const data = entries.map((entry) => show(collection.json(entry)))
  const paged = shape === 'page' || (shape === 'asked' && query.get('paginated') === 'true')
  return ok(paged ? { data, total_count: total } : data)
}

/** The entry of an id, which may have to belong to an organization. */
export function find(collection: Collection, what: string, id: string, organizationId?: string): Entry {
  const entry = collection.visible(id)
  if (!entry || (organizationId !== undefined && entry.organizationId !== organizationId)) throw notFound(what, id)
  return entry
}

/** What Clerk answers to a delete. */
export function deleted({ object, id }: Json): Answer {
  return ok({ object, id, deleted: true })
}

/** Those of these parameters that the body has. */
export function take(body: Json, names: readonly string[]): Json {
  return Object.fromEntries(names.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])))
}

export function requiredText(body: Json, name: string): string {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw invalid(name, `${name} must be given.`)
  return value
}

function plain(value: unknown): string | number | null {
  return typeof value === 'string' || typeof value === 'number' ? value : null
}
