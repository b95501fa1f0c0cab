import { ClerkSyncError } from '@clerk-sync/core'

/** What PostgREST, or the database behind it, says of a call that failed. */
export interface Refusal {
  readonly message: string
  readonly code?: string | undefined
}

/** SQLSTATE of the functions for what the database took without an error and did not keep. */
const LOST_WRITE = 'CS001'

/** For a table that has its versions in its rows, and is written with its versions beside it. */
const LEFT_COLUMN = 'CS002'

/**
 * An error with the code of what refused the call: SQLSTATE, or PostgREST's own. `tables` are those that it was about, and
 * `isBeside` says whether their versions are beside them.
 */
export function errorOf(refusal: Refusal, tables: readonly string[], status?: number, isBeside = false): Error {
  const { code, message } = refusal
  const cause = Object.assign(new Error(message, { cause: refusal }), { code })
  // Functions of a version that knows no versions beside miss the sync columns.
  const isOlder = isBeside && code === '42703' && /cannot be synced, it has no column clerk_version/.test(message)
  const isOfOtherMode = code === '0A000' && message.includes('clerk_sync_write knows no mode')
  if (code === 'PGRST202' || isOlder || isOfOtherMode) {
    return config(
      'The functions of clerk-sync are not in the database, or are of another version. Copy sql/functions.sql of ' +
        "@clerk-sync/adapter-supabase into your migrations and run them; if you just did, run notify pgrst, 'reload schema'.",
      cause,
    )
  }
  if (code === '42501' && /\bclerk_sync_/.test(message)) {
    return config(
      'The database refused permission to the functions of clerk-sync: the client must be made with the service role ' +
        'key (sb_secret_…), and with no user signed in on it.',
      cause,
    )
  }
  if (code === '42501') {
    const where = tables.length > 0 ? `, in a call for the table ${tables.join(' and ')}` : ''
    return config(
      `The database refused it to the role of the key: ${message}${where}. service_role needs the grants of ` +
        'sql/tables.sql, sql/parts.sql and sql/versions.sql, of which clerkSync.check() gives those that are missing; and ' +
        "the right to use the sequences and functions of the tables' own defaults and triggers.",
      cause,
    )
  }
  if (code === '42809' || code === LEFT_COLUMN) return config(`${message}.`, cause)
  if (code === LOST_WRITE) {
    return new ClerkSyncError('store_failed', `${message}.`, { cause })
  }
  if (status === 401) return config('Supabase refused the key: it must be the service role key of this project.', cause)
  return cause
}

function config(message: string, cause: Error): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message, { cause })
}
