/** Wrong usage or configuration. The message says what is right. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
