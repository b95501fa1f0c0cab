import { ClerkSyncError } from '@clerk-sync/core'
import { UsageError } from '@clerk-sync/project'

export { UsageError }

/** What scripts can rely on. */
export const EXIT = {
  done: 0,
  /** Something could not be done, or something is wrong: the output says what. */
  failed: 1,
  /** Wrong usage or configuration: nothing was done. */
  usage: 2,
  interrupted: 130,
} as const

/** Something that could be done another time: a server that is away, a delivery that is refused. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** Found before anything is done: options that cannot be, and the key of another instance. */
const WRONG_SETTINGS: readonly string[] = ['config_invalid', 'instance_mismatch']

export function exitCodeOf(error: unknown): number {
  const wrongUse = error instanceof UsageError || (ClerkSyncError.is(error) && WRONG_SETTINGS.includes(error.code))
  return wrongUse ? EXIT.usage : EXIT.failed
}

/** For JSON: the code of the library's error, or what kind of error it is. */
export function codeOf(error: unknown): string {
  if (ClerkSyncError.is(error)) return error.code
  if (error instanceof UsageError) return 'usage'
  return error instanceof CommandError ? 'failed' : 'unexpected'
}

const DEEPEST_CAUSE = 8

/**
 * What to tell the operator. Of the causes, the codes alone: a driver's words may quote a row. Errors that are not ours
 * come with the place that threw them.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const codes = causesOf(error).flatMap((cause) => {
    const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined
    return typeof code === 'string' || typeof code === 'number' ? [String(code)] : []
  })
  const known = ClerkSyncError.is(error) || error instanceof UsageError || error instanceof CommandError
  const place = known ? undefined : placeOf(error)
  const notes = [...new Set(codes), ...(place ? [place] : [])]
  const docs = ClerkSyncError.is(error) ? ` See ${error.docs}` : ''
  return `${error.message}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}${docs}`
}

function causesOf(error: Error): unknown[] {
  const causes: unknown[] = []
  for (let cause = error.cause; cause && causes.length < DEEPEST_CAUSE; ) {
    causes.push(cause)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}

/** The first line of the stack that is a file. */
export function placeOf({ stack = '' }: Error): string | undefined {
  return /^\s+at .*?((?:file:\/\/)?\/[^\s()]+:\d+:\d+)/m.exec(stack)?.[1]?.replace('file://', '')
}
