import { deletedMapOf } from '../entities/deleted-map-of.ts'
import { ClerkSyncError, chainOf, type ErrorCode } from '../errors.ts'
import { databaseFault } from '../port/database-fault.ts'
import { prop } from '../port/prop.ts'
import { type Refusal, refusalOf } from '../port/refusal.ts'
import type { Change, SyncAdapter } from '../port/sync-adapter.ts'

const explanations: Readonly<Partial<Record<ErrorCode, string>>> = {
  unique_conflict:
    'another row has one of its unique values. Nothing was written. The two rows are in conflict in Clerk as well, or ' +
    "the other row's change is still on its way.",
  reference_missing:
    'a foreign key refers to a row that is not there (yet): events arrive in any order. To store it at once, drop the ' +
    'foreign key from the synced table.',
  store_failed:
    'the database refused it, cannot be reached, or did not say that it is stored. clerkSync.check() says whether the ' +
    'tables fit.',
}

const REJOINED =
  'Or it is a deleted membership of the same user in the same organization, which keeps its references: then a unique ' +
  'index over them must hold for live rows alone, or no member who left can come back. clerkSync.check() gives the fix.'

/** Names what a store threw. */
export function storeFailure(
  adapter: Pick<SyncAdapter, 'faultOf' | 'refusalOf'>,
  cause: unknown,
  what: string,
  next: string,
  change?: Change,
): ClerkSyncError {
  if (ClerkSyncError.is(cause)) {
    if (cause.code !== 'unique_conflict' || !isMembership(change)) return cause
    return new ClerkSyncError(cause.code, `${cause.message} ${REJOINED}`, { cause: cause.cause })
  }
  const fault = adapter.faultOf?.(cause) ?? databaseFault(cause)
  const code = fault === 'unique_conflict' || fault === 'reference_missing' ? fault : 'store_failed'
  const refusal = adapter.refusalOf?.(cause) ?? refusalOf(cause)
  const why = code === 'store_failed' ? (refusedByRule(refusal, change) ?? forbidden(cause)) : undefined
  const parts = [
    `${what}: ${why ?? explanations[code]}`,
    code === 'unique_conflict' && refusal ? `The index is ${refusal.name}.` : '',
    code === 'unique_conflict' && isMembership(change) ? REJOINED : '',
    next,
  ]
  return new ClerkSyncError(code, parts.filter(Boolean).join(' '), { cause })
}

/** What a table forbids, it forbids for ever: sending the event again does not help. */
function refusedByRule(refusal: Refusal | undefined, change: Change | undefined): string | undefined {
  if (!refusal || !change) return undefined
  const rule = refusal.rule === 'not_null' ? `${refusal.name} is NOT NULL` : `the constraint ${refusal.name} forbids it`
  const fix =
    change.kind === 'delete'
      ? 'A delete empties what is mapped: return values that say nothing, and that the table takes, from ' +
        `map.${deletedMapOf(change.entity)}, or have the rule hold for live rows alone.`
      : `Return what the table takes from map.${change.entity}, or change the table.`
  return `${rule}. Nothing was written. ${fix} clerkSync.check() says whether the tables fit.`
}

/** PostgreSQL's insufficient_privilege, also of a row that no policy of row-level security lets in. */
function forbidden(cause: unknown): string | undefined {
  if (![...chainOf(cause)].some((link) => prop(link, 'code') === '42501' || prop(link, 'originalCode') === '42501')) {
    return undefined
  }
  return (
    'the role that the application connects with may not do it (42501). Either it lacks a right: grant select, insert, ' +
    'update on the table to it. Or the table has row-level security and no policy lets the role write: create policy … on ' +
    'the table for all to the role using (true) with check (true), or connect as a role with bypassrls. Nothing was written.'
  )
}

function isMembership(change: Change | undefined): boolean {
  return change?.entity === 'organizationMembership'
}
