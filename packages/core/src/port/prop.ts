/** A property of a value that may be anything; `undefined` where there is none. */
export function prop(value: unknown, name: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
