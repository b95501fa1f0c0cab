/** Redis' own refusals begin with a code in capitals, such as `NOPERM`; those of the network and of ioredis do not. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && /^[A-Z]+ /.test(error.message)
}

/** Not of a command: the server is away, or lets nobody in. */
export function isOutage(error: Error): boolean {
  return ('code' in error && typeof error.code === 'string') || /^(NOAUTH|WRONGPASS) /.test(error.message)
}

/** Where a name has several addresses, Node gives an error of them all, whose message is empty. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || ('code' in error && String(error.code)) || error.name
}

/** ioredis has the refused command in its errors, with the password or the deliveries that it was given. */
export function withoutCommands(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error
  for (const property of ['command', 'previousErrors']) Reflect.deleteProperty(error, property)
  return error
}
