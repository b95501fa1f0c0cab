// What may stand in a terminal.
import { ClerkSyncError } from '@clerk-sync/core'
import { type Database, nameOf, SettingsError } from './settings.ts'

/** What others chose, such as an id, could move the cursor or make lines of its own: such characters are spelt out. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  )
}

/** One line. Drivers put the reason into `cause`, or into the errors of an attempt for each address. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  const message = error.message.replace(/\s+/g, ' ')
  if (error instanceof SettingsError || ClerkSyncError.is(error) || !error.cause) return message
  return `${message} ${reasonOf(error.cause)}`
}

/** What a driver says of a login names the user. */
const REFUSED_LOGINS: readonly unknown[] = ['28P01', '28000', 'ER_ACCESS_DENIED_ERROR', 'ER_DBACCESS_DENIED_ERROR']

/** What a driver threw, with the place of the database, which drivers leave out; without user and password. */
export function databaseError(database: Database, error: unknown): Error {
  if (error instanceof SettingsError || ClerkSyncError.is(error)) return error
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  const reason = REFUSED_LOGINS.includes(code)
    ? `the user or the password of DATABASE_URL is refused (${code})`
    : reasonOf(error)
  return new SettingsError(`The database cannot be used (${nameOf(database)}): ${reason}`)
}
