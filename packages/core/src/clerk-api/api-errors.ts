import { ClerkSyncError } from '../errors.ts'

/** The key cannot be used. */
export function refusedKey(status: number, code: string): ClerkSyncError {
  const why =
    status === 401
      ? 'is missing, revoked, or of an instance that is no more'
      : 'has no right to read this, or is of another instance'
  return new ClerkSyncError(
    'config_invalid',
    `Clerk's Backend API answered ${status} (${code}): the secret key (CLERK_SECRET_KEY) ${why}. Nothing more was written. Take one ` +
      'from the API keys of your instance in the Clerk Dashboard.',
  )
}

interface Failed {
  readonly reason: string
  /** Something has answered with a page. */
  readonly isPage?: boolean
  readonly cause?: unknown
}

/** Clerk could not be asked, or something answered in its place. */
export function unavailable(path: string, { reason, isPage, cause }: Failed, attempts: number): ClerkSyncError {
  const next = isPage
    ? "see that CLERK_API_URL, where it is set, is the address of Clerk's Backend API, and that no proxy stands in between."
    : 'run it again later; status.clerk.com says whether Clerk is down.'
  return new ClerkSyncError(
    'clerk_unavailable',
    `Clerk's Backend API ${reason} when ${path} was read, ${attempts === 1 ? 'once' : `${attempts} times`}. Nothing was ` +
      `deleted, and nothing that was read is lost: ${next}`,
    { cause },
  )
}

/** Clerk said to slow down, and for longer than the caller waits. */
export function waitTooLong(path: string, waitMs: number, maxWaitMs: number): ClerkSyncError {
  return new ClerkSyncError(
    'clerk_unavailable',
    `Clerk's Backend API answered 429, too many requests, when ${path} was read, and asks to wait for ${waitMs / 1000} s: longer ` +
      `than limits.maxWaitMs allows (${maxWaitMs} ms in all). Answer without it, and try again later; find out what else asks ` +
      'so much with this secret key, a job or a page that calls this for every request.',
  )
}

/** An answer with status 200 that is not what was asked for. */
export function broken(path: string, what: string): ClerkSyncError {
  return new ClerkSyncError(
    'clerk_unavailable',
    `What answered for ${path} is no list of Clerk's: ${what}. Is CLERK_API_URL the address of Clerk's Backend API, and no ` +
      'proxy in between that rewrites answers? Nothing was deleted.',
  )
}
