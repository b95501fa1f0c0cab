import { ClerkSyncError, type LinkOptions } from '@clerk-sync/core'
import type { LinkReport, UnmatchedRows } from '@clerk-sync/core/clerk-api'
import { type Command, Option } from 'commander'
import { UsageError } from '../errors.ts'
import { page } from '../manifest.ts'
import type { Output } from '../output.ts'

export interface LinkFlags {
  readonly linkBy?: 'email' | 'external-id'
  readonly linkColumn?: string
  readonly linkProven?: string
}

/** The options by which rows that were there before get their Clerk ids. */
export const withLink = (command: Command) =>
  command
    .addOption(
      new Option(
        '--link-by <what>',
        'give rows that were there before their Clerk ids, by what they share with a user',
      ).choices(['email', 'external-id']),
    )
    .option('--link-column <column>', 'the column that has it; with email, default: email')
    .option(
      '--link-proven <column>',
      "the column that says that a row's address was proven, true or a time; --link-by email demands it",
    )

/**
 * How rows find their users; undefined where they are not asked to.
 *
 * @throws UsageError for options that do not go together.
 */
export function linkOf({ linkBy, linkColumn, linkProven }: LinkFlags): LinkOptions | undefined {
  if (linkBy === undefined) {
    if (linkColumn === undefined && linkProven === undefined) return undefined
    throw new UsageError('--link-column and --link-proven are for --link-by.')
  }
  const proven = linkProven === undefined ? {} : { proven: (row: object) => isProven(row, linkProven) }
  if (linkBy === 'external-id') {
    if (linkColumn !== undefined) return { by: 'external_id', column: linkColumn as never, ...proven }
    throw new UsageError(
      '--link-by external-id needs --link-column: the column that has what Clerk has as external_id.',
    )
  }
  if (proven.proven) return { by: 'email', column: (linkColumn ?? 'email') as never, proven: proven.proven }
  throw new UsageError(
    "--link-by email needs --link-proven: the column that says that a row's address was proven. By an address that " +
      "nobody proved, one user could take another's account. No such column? Add one, and set it for the rows whose " +
      'addresses you trust, such as those that your old system has confirmed; or link by external id.',
  )
}

/** Text such as 'no' is true to a program, and would open an account: what is neither true nor a time is refused. */
function isProven(row: object, column: string): boolean {
  const value: unknown = Reflect.get(row, column)
  if (value === null || typeof value === 'boolean') return value === true
  if (typeof value === 'number' || typeof value === 'bigint') return value > 0
  if (value instanceof Date || (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value))) return true
  throw new ClerkSyncError(
    'config_invalid',
    value === undefined
      ? `--link-proven: the rows have no column ${column}, as the schema of your application names it.`
      : `--link-proven: ${column} must hold true or false, 0 or more, a time, or NULL.`,
  )
}

/** What became of the rows, or would become of them. Columns and counts, and no value. */
export function printLinks(
  { dryRun, matched, linked, unmatchedUsers, unmatchedRows, clashes, columns }: LinkReport,
  output: Output,
): void {
  output.line(dryRun ? `${matched} users match a row.` : `${linked} of ${matched} users have their rows.`)
  if (unmatchedUsers > 0) {
    output.line(`${unmatchedUsers} users match none: each ${dryRun ? 'would get' : 'gets'} a row of its own.`)
  }
  if (unmatchedRows && unmatchedRows.count > 0) {
    const { count, first, error } = unmatchedRows
    const which = error ? `; which is not known: ${error.message}` : keysOf(first, count)
    output.line(`${count} rows have no Clerk id and match nobody${which}`)
  }
  for (const [why, count] of Object.entries(clashes)) if (count > 0) output.line(`not linked, ${why}: ${count}`)
  for (const [column, { changed, kept, lost }] of Object.entries(columns)) {
    output.line(`${column}: ${changed} changed, ${kept} kept, ${lost} lost`)
    if (kept === 0) continue
    output.note(
      `${kept} values of ${column} are kept now, and written over by the next event of their users, a plain backfill or a ` +
        `reconcile, since Clerk has none: give them to Clerk before, or leave ${column} out of map.user: ${page('adopting')}`,
    )
  }
}

/** Of the rows that match nobody, how many are named. */
const NAMED = 10

function keysOf(first: UnmatchedRows['first'], count: number): string {
  const keys = first.slice(0, NAMED).map((key) =>
    Object.entries(key)
      .map(([column, value]) => `${column} ${value}`)
      .join(' and '),
  )
  if (keys.length === 0) return '.'
  return `: ${keys.join(', ')}${count > keys.length ? ', …; --json has more of them' : ''}`
}

/** The same, with the parts of an error that are for a script. */
export function jsonLinks({ unmatchedRows, ...report }: LinkReport): object {
  if (!unmatchedRows) return report
  const { error, ...rows } = unmatchedRows
  return {
    ...report,
    unmatchedRows: { ...rows, ...(error && { error: { code: error.code, message: error.message } }) },
  }
}
