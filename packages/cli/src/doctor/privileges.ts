import type { ClerkSyncDescription } from '@clerk-sync/core'

export interface ModePrivileges {
  readonly mode: string
  readonly grants: readonly string[]
}

/** What the role that the application connects as must be allowed, by what it does. */
export function leastPrivileges({ tables, ledger, deadLetters }: ClerkSyncDescription): readonly ModePrivileges[] {
  const names = tables.map(({ name }) => name).join(', ')
  const removed = tables.filter(({ onDelete }) => onDelete === 'remove').map(({ name }) => name)
  const inRows = tables.filter(({ versions }) => versions === 'row').map(({ name }) => name)
  const isBeside = tables.some(({ versions }) => versions === 'beside')
  const written = [
    ...(names === '' ? [] : [`select, insert, update on ${names}`]),
    ...(removed.length > 0 ? [`delete on ${removed.join(', ')}`] : []),
    ...(isBeside ? ['select, insert, update on the versions table'] : []),
  ]
  const ledgers = ledger ? ['select, insert, delete on the events table (delete: a claim is taken back)'] : []
  const letters = deadLetters ? ['select, insert, update, delete on the dead letters table'] : []
  const pruned = [
    ...(ledger ? ['select, delete on the events table'] : []),
    ...letters,
    ...(isBeside ? ['select, update, delete on the versions table', `select on ${names}`] : []),
  ]
  // Rows are locked first, which takes update.
  const deletedRows = inRows.length > 0 ? [...pruned, `select, update, delete on ${inRows.join(', ')}`] : []
  return [
    { mode: 'the webhook', grants: [...written, ...ledgers, ...letters] },
    { mode: 'backfill, reconcile and restore', grants: written },
    { mode: 'reconcile with onDrift', grants: ledgers.length > 0 ? [...written, ...ledgers] : [] },
    { mode: 'prune', grants: pruned },
    { mode: 'prune --deleted-rows', grants: deletedRows },
    {
      mode: 'doctor',
      grants: [
        ...(names === '' ? [] : [`select on ${names}`]),
        ...(isBeside ? ['select on the versions table'] : []),
        ...(ledger ? ['select on the events table'] : []),
        ...(deadLetters ? ['select on the dead letters table'] : []),
      ],
    },
  ].filter(({ grants }) => grants.length > 0)
}
