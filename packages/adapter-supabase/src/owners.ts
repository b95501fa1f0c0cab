import { databaseFault } from '@clerk-sync/core/adapter'
import { isBeside } from '@clerk-sync/core/sql'
import type { Call } from './client.ts'
import type { Table } from './synced-table.ts'

/** The tables to whose removed rows others may refer, as clerk_sync_rest takes them. */
export interface Owners {
  /** The table of versions. */
  readonly versions: string
  /** Of each table, the column with the Clerk id. */
  readonly keys: Readonly<Record<string, string>>
}

/** Undefined where no table has its versions beside it. */
export function ownersOf(tables: readonly Table[]): Owners | undefined {
  const beside = tables.flatMap((table) => (isBeside(table) ? [table] : []))
  const [first] = beside
  if (!first) return undefined
  return { versions: first.versionsName, keys: Object.fromEntries(beside.map(({ name, key }) => [name, key])) }
}

/**
 * Makes calls. Where a foreign key refuses a change, makes the call once more for what is left of it, in case it refers to
 * a row that was removed: such a row is not "not yet" there.
 */
export function mindingOwners(call: Call, owners: Owners | undefined): Call {
  if (!owners) return call
  return async (name, args, accepts, signal) => {
    try {
      return await call(name, args, accepts, signal)
    } catch (error) {
      const { change } = args as { readonly change?: { readonly mode?: string } | null }
      // What refers to a row that is to be removed is not its own reference.
      if (!change || change.mode === 'remove' || !isReferenceMissing(error)) throw error
      return call(name, { ...args, change: { ...change, owners } }, accepts, signal)
    }
  }
}

export function isReferenceMissing(error: unknown): boolean {
  return databaseFault(error) === 'reference_missing'
}
