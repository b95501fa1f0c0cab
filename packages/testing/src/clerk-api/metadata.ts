import { isJson } from '../merge.ts'
import type { Json } from '../objects/json.ts'
import { take } from './routes.ts'

/** Merged deeply into what is there; null removes a key. */
export function mergedMetadata(had: Json, body: Json, names: readonly string[]): Json {
  return Object.fromEntries(
    Object.entries(take(body, names)).map(([name, value]) => [name, mergedInto(had[name], value)]),
  )
}

/** What is given, in the place of what is there. */
export function replacedMetadata(body: Json, names: readonly string[]): Json {
  return take(body, names)
}

function mergedInto(had: unknown, given: unknown): unknown {
  if (!isJson(given)) return given
  const merged: Json = isJson(had) ? { ...had } : {}
  for (const [key, value] of Object.entries(given)) {
    if (value === null) delete merged[key]
    else merged[key] = mergedInto(merged[key], value)
  }
  return merged
}
