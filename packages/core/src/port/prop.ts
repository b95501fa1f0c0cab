/** A property of a value that may be anything; `undefined` where there is none, or where reading it throws. */
export function prop(value: unknown, name: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    return Reflect.get(value, name)
  } catch {
    // A getter of the application's, in what its hook threw: what is told of an error must not be another one.
  }
}
