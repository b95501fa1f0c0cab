import { deletedMapOf } from '../entities/deleted-map-of.ts'
import { ClerkSyncError, chainOf, type ErrorCode } from '../errors.ts'
import { databaseFault, type Fault } from '../port/database-fault.ts'
import { databaseTrouble, type Trouble } from '../port/database-trouble.ts'
import { prop } from '../port/prop.ts'
import { describeRefusal, type Refusal, refusalOf } from '../port/refusal.ts'
import type { Change, SyncAdapter } from '../port/sync-adapter.ts'

const explanations: Readonly<Partial<Record<ErrorCode, string>>> = {
  unique_conflict:
    'another row has one of its unique values. Nothing was written. The two rows are in conflict in Clerk as well, or ' +
    "the other row's change is still on its way.",
  reference_missing:
    'a foreign key refers to a row that is not there (yet): events arrive in any order. To store it at once, drop the ' +
    'foreign key from the synced table.',
  reference_held:
    'a foreign key of another table still refers to the row, and forbids its removal (restrict, no action, or set null ' +
    'on a column that is NOT NULL). Nothing was removed. Declare the key on delete cascade or set null, or remove what refers to it in a hook, which runs before ' +
    'the row goes.',
  value_refused:
    'the table refuses it: a value does not fit its column, a constraint forbids it, or a trigger raised an error. The ' +
    "database's own words are in the cause, and may quote the row. Nothing was written.",
  store_failed:
    'the database refused it, cannot be reached, or did not say that it is stored. clerkSync.check() says whether the ' +
    'tables fit.',
}

/** Why nothing can be stored at all, and what to do. */
export function explainTrouble({ kind, sentence }: Trouble, change?: Change): string {
  const words = {
    away: 'the database cannot be reached, or ended the connection',
    login: 'the database refused the login',
    missing: 'the database lacks what the statement names',
    forbidden: 'the database does not allow it',
    read_only: 'the database takes no writes',
    generated: 'the database fills a column itself, and refuses a value for it',
    full: 'the database has no room left',
  }[kind]
  const fix = {
    away: ' See that it is there, and that the connection URL is right.',
    login: ' Check the user, the password and the database in the connection URL.',
    missing: ' Run your migrations; clerkSync.check() lists what is missing.',
    forbidden: ` ${allowed(sentence, change)}`,
    read_only: ' Connect to the primary: a replica, and a file without the right to write, take none.',
    generated: ' Take the column out of what the adapter lists and the map returns; clerkSync.check() names it.',
    full: '',
  }[kind]
  return `${words}: ${sentence.replace(/\.?$/, '.')}${fix}`
}

function allowed(sentence: string, change: Change | undefined): string {
  if (/row-level security/i.test(sentence)) {
    if (change?.kind === 'delete') {
      return (
        "The table's row-level security has no policy that lets this role write a deleted row: one such as using " +
        '(deleted_at is null) refuses every delete. Let a policy for this role pass them, and hide them from other roles, or ' +
        'in the queries; or connect as the owner of the table or a role with bypassrls. clerkSync.check() names the policy.'
      )
    }
    return (
      "The table's row-level security has no policy that lets this role write: add a policy for select, insert and " +
      'update, or connect as the owner of the table or a role with bypassrls.'
    )
  }
  if (/\brules$/.test(sentence)) return 'Drop the rule: a trigger can do what it does.'
  const isRemoval = change?.kind === 'delete' && change.mode === 'remove'
  const privileges = isRemoval ? 'select, insert, update and delete' : 'select, insert and update'
  return `Grant ${privileges} on the table to the role that the application connects with.`
}

/** Names what a store threw. */
export function storeFailure(
  adapter: Pick<SyncAdapter, 'faultOf' | 'refusalOf' | 'troubleOf'>,
  thrown: unknown,
  what: string,
  next = '',
  change?: Change,
): ClerkSyncError {
  // An ORM wraps what a transaction throws, errors of ours as well.
  const cause = [...chainOf(thrown)].find(ClerkSyncError.is) ?? thrown
  if (ClerkSyncError.is(cause)) return cause
  const fault = adapter.faultOf?.(cause) ?? databaseFault(cause)
  const refusal = adapter.refusalOf?.(cause) ?? refusalOf(cause)
  const code = isHeldByReference(cause, fault, refusal, change) ? 'reference_held' : codeOf(fault)
  const trouble = adapter.troubleOf?.(cause) ?? databaseTrouble(cause)
  const why =
    (code === 'value_refused' && refusedByRule(refusal, change)) ||
    (code === 'store_failed' && trouble && explainTrouble(trouble, change))
  const parts = [
    `${what}: ${why || explanations[code]}`,
    code === 'unique_conflict' && refusal ? `The index is ${refusal.name}.` : '',
    (code === 'reference_missing' || code === 'reference_held') && refusal?.rule === 'reference'
      ? `The foreign key is ${refusal.name}.`
      : '',
    next,
  ]
  return new ClerkSyncError(code, parts.filter(Boolean).join(' '), { cause })
}

/**
 * A removal that a foreign key forbids. SQLite's `restrict` has the code of triggers. A removal writes nothing itself: where
 * a column may not be NULL, it is one that a foreign key sets to it.
 */
function isHeldByReference(
  cause: unknown,
  fault: Fault | undefined,
  refusal: Refusal | undefined,
  change: Change | undefined,
): boolean {
  if (change?.kind !== 'delete' || change.mode !== 'remove') return false
  if (fault !== 'value_refused') return fault === 'reference_missing'
  if (refusal?.rule === 'not_null') return true
  return [...chainOf(cause)].some((link) => /FOREIGN KEY constraint failed/.test(String(prop(link, 'message'))))
}

function codeOf(fault: Fault | undefined): ErrorCode {
  if (fault === 'out_of_range') return 'value_refused'
  return fault === undefined || fault === 'transient' || fault === 'aborted' ? 'store_failed' : fault
}

/** What a table forbids, it forbids for ever: sending the event again does not help. */
function refusedByRule(refusal: Refusal | undefined, change: Change | undefined): string | undefined {
  if (!refusal || !change) return undefined
  const fix =
    change.kind === 'delete'
      ? 'A delete empties what is mapped: return values that say nothing, and that the table takes, from ' +
        `map.${deletedMapOf(change.entity)}, or have the rule hold for live rows alone.`
      : `Return what the table takes from map.${change.entity}, or change the table.`
  return `${describeRefusal(refusal)}. Nothing was written. ${fix} clerkSync.check() says whether the tables fit.`
}
