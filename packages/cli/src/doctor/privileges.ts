import type { ClerkSyncDescription } from '@clerk-sync/core'

export interface ModePrivileges {
  readonly mode: string
  readonly grants: readonly string[]
}

/** What the role that the application connects as must be allowed, by what it does. */
export function leastPrivileges({ tables, ledger, deadLetters }: ClerkSyncDescription): readonly ModePrivileges[] {
  const names = tables.map(({ name }) => name).join(', ')
  const written = names === '' ? [] : [`select, insert, update on ${names}`]
  const ledgers = ledger ? ['select, insert, delete on the events table (delete: a claim is taken back)'] : []
  const letters = deadLetters ? ['select, insert, update, delete on the dead letters table'] : []
  return [
    { mode: 'the webhook', grants: [...written, ...ledgers, ...letters] },
    { mode: 'doctor, and check()', grants: ['nothing more: they read the catalog'] },
  ]
}
