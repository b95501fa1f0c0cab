/** What is at a path in what Clerk sent; null where there is nothing. */
export function valueAt(data: object, path: readonly string[]): unknown {
  let value: unknown = data
  for (const field of path) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, field) ? Reflect.get(value, field) : null
  }
  return value
}
