import type { Json } from './objects/json.ts'

/** Any part of it, at any depth. */
export type DeepPartial<T> = T extends readonly (infer Element)[]
  ? readonly DeepPartial<Element>[]
  : T extends object
    ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> | undefined }
    : T

/** Makes the nth element of a list that is a property of this name, where there may be more than the base has. */
export type ElementMaker = (property: string, n: number) => Json | undefined

/**
 * `base` with what is given in its place: objects property by property, lists element by element, metadata as a whole;
 * undefined is not given.
 */
export function merge(base: unknown, given: unknown, element: ElementMaker, property = ''): unknown {
  if (given === undefined) return base
  if (Array.isArray(given)) {
    const had = Array.isArray(base) ? base : []
    return given.map((one, n) => (isJson(one) ? merge(had[n] ?? element(property, n), one, element) : one))
  }
  if (!isJson(given) || property.endsWith('_metadata')) return given
  const merged: Json = isJson(base) ? { ...base } : {}
  for (const [key, value] of Object.entries(given)) {
    if (value !== undefined) merged[key] = merge(merged[key], value, element, key)
  }
  return merged
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
