import type { ClerkSyncDescription } from '@clerk-sync/core'

export interface ModePrivileges {
  readonly mode: string
  readonly grants: readonly string[]
}

/** What the role that the application connects as must be allowed, by what it does. */
export function leastPrivileges({ tables, ledger, deadLetters }: ClerkSyncDescription): readonly ModePrivileges[] {
  const names = tables.map(({ name }) => name).join(', ')
  const removed = tables.filter(({ onDelete }) => onDelete === 'remove').map(({ name }) => name)
  const written = [
    ...(names === '' ? [] : [`select, insert, update on ${names}`]),
    ...(removed.length > 0 ? [`delete on ${removed.join(', ')}`] : []),
    // A table without sync columns has its versions beside it.
    ...(removed.length > 0 ? ['select, insert, update on the versions table'] : []),
  ]
  const ledgers = ledger ? ['select, insert, delete on the events table (delete: a claim is taken back)'] : []
  const letters = deadLetters ? ['select, insert, update, delete on the dead letters table'] : []
  return [
    { mode: 'the webhook', grants: [...written, ...ledgers, ...letters] },
    { mode: 'backfill, reconcile and restore', grants: written },
    { mode: 'prune', grants: [...(ledger ? ['select, delete on the events table'] : []), ...letters] },
    { mode: 'doctor', grants: names === '' ? [] : [`select on ${names}`] },
  ].filter(({ grants }) => grants.length > 0)
}
