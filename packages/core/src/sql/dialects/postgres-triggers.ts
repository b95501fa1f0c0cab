/** Bits of `pg_trigger.tgtype`. */
const INSERT = 4
const DELETE = 8
const UPDATE = 16

/**
 * Whether one of the application's AFTER triggers may be deferred until the commit, NULL where there is none: they run when
 * RETURNING is computed already, and may delete the row, or change it.
 *
 * @param oids - of the tables: SQL that may stand in `in (…)`
 */
export function deferrableTriggers(oids: string, { deletes = false } = {}): string {
  const kinds = INSERT | UPDATE | (deletes ? DELETE : 0)
  const after = `not tgisinternal and tgenabled <> 'D' and tgtype & 66 = 0 and tgtype & ${kinds} <> 0`
  return `(select bool_or(tgdeferrable) from pg_catalog.pg_trigger where tgrelid in (${oids}) and ${after})`
}

/** The oid of a quoted table. */
export function oidOf(table: string): string {
  return `'${table.replaceAll("'", "''")}'::regclass`
}

/** Runs them before the commit. */
export const RUN_DEFERRED = 'set constraints all immediate'

/**
 * The same, without an error that would end the transaction: what they raise is raised again before the commit. That they
 * are deferred is said first, or the rollback would leave them immediate: the block's own end forgets what was before.
 */
export const REHEARSE_DEFERRED = [
  'savepoint clerk_sync_rehearsal',
  'set constraints all deferred',
  `do $$ begin ${RUN_DEFERRED}; exception when others then null; end $$`,
]
export const UNDO_REHEARSAL = 'rollback to savepoint clerk_sync_rehearsal'
