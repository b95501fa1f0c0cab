import { ClerkSyncError } from '../errors.ts'

/** The first, and how many there were. */
export function severalOf([first, ...more]: readonly unknown[]): unknown {
  if (!ClerkSyncError.is(first)) return first
  const { code, message, cause, thrownBy } = first
  return new ClerkSyncError(code, `${message} ${more.length} more letters of the user failed with it.`, {
    cause,
    ...(thrownBy && { thrownBy }),
  })
}
