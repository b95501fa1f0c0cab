import { type EngineTrouble, troubleOf } from './engine-words.ts'

/** Redis' own refusals begin with a code in capitals, such as `NOPERM`; those of the network and of ioredis do not. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && /^[A-Z]+ /.test(error.message)
}

/** By an access list, or where a service has renamed the command. */
export function isForbidden(error: unknown): boolean {
  return error instanceof Error && /^(?:NOPERM|ERR unknown (?:sub)?command)\b/i.test(error.message)
}

/** Not of a command: the server is away, or lets nobody in. */
export function isOutage(error: Error): boolean {
  return troubleOf(error) !== undefined && !/^(?:OOM|NOPERM|READONLY|MISCONF|NOREPLICAS) /.test(error.message)
}

const TLS = 'Or one side has TLS and the other none: an address is rediss:// with it, and redis:// without.'

/** Redis ends a connection without TLS where it wants it, and waits for ever where it has none: neither says so. */
export function redisTroubleOf(error: unknown): EngineTrouble | undefined {
  const trouble = troubleOf(error)
  if (!trouble || !/ECONNRESET|EPIPE|ETIMEDOUT|^no connection/.test(trouble.words)) return trouble
  return { ...trouble, next: `${trouble.next} ${TLS}` }
}

/** BullMQ's own words of a job, which has a number. */
const OF_JOBS = /^(?:could not renew lock for job|Missing lock for job|Missing key for job) [\w:-]+/

/** What may be printed: others may quote a job. */
export function reasonOf(error: Error): string {
  const trouble = redisTroubleOf(error)
  if (trouble) return `${trouble.words} ${trouble.next}`.trimEnd()
  return (
    OF_JOBS.exec(error.message)?.[0] ??
    `${error.name}, whose words may quote a job: listen to the worker's error for them.`
  )
}

/** ioredis has the refused command in its errors, with the password or the deliveries that it was given. */
export function withoutCommands(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error
  for (const property of ['command', 'previousErrors']) Reflect.deleteProperty(error, property)
  return error
}
