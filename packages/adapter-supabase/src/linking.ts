import { isComparable, type Link, type LinkCandidate, type Linking } from '@clerk-sync/core/adapter'
import { isBeside, type Row } from '@clerk-sync/core/sql'
import type { Table, TableBeside } from './synced-table.ts'
import { type UnlinkedParts, unlinkedOver } from './unlinked.ts'

/** What the adapter has loaded: to import it here would split its bundle. */
export interface LinkingParts extends UnlinkedParts {
  readonly versionsOf: (table: TableBeside, keys: readonly string[], signal: AbortSignal) => Promise<readonly Row[]>
}

/** Rows that were there before their Clerk ids, through the functions of the migration. */
export function linkingOver(parts: LinkingParts): Required<Linking> {
  const { call, versionsOf, tableOf, signalOf } = parts

  /** Whose rows keep their values. */
  async function deletedBeside(table: TableBeside, keys: readonly string[], signal: AbortSignal) {
    const versions = await versionsOf(table, keys, signal)
    return new Set(versions.flatMap(({ id, deleted_at }) => (deleted_at === null ? [] : [id])))
  }

  return {
    async find({ entity, column, values, ignoreCase }, options) {
      const table = tableOf(entity)
      const args = {
        name: table.name,
        key: table.key,
        column_name: column,
        texts: values,
        ignore_case: ignoreCase,
      }
      const signal = signalOf(options)
      const found = await call('clerk_sync_find_to_link', args, areFound, signal)
      const candidates = found.flatMap(({ value, row }): LinkCandidate[] => {
        // Also of the application's own making: a row that it has deleted is nobody's.
        if (!isBeside(table) && row[table.deletedAt] !== null) return []
        const key = row[table.key]
        return [{ value, key: typeof key === 'string' ? key : null, row }]
      })
      if (!isBeside(table)) return candidates
      const keys = candidates.flatMap(({ key }) => key ?? [])
      const deleted = await deletedBeside(table, keys, signal)
      return candidates.filter(({ key }) => key === null || !deleted.has(key))
    },

    ...unlinkedOver(parts),

    set: (link, options) =>
      call('clerk_sync_link', { link: sentLink(tableOf(link.entity), link) }, isBoolean, signalOf(options)),
  }
}

/** A row to link, as clerk_sync_link takes it. */
function sentLink(table: Table, { column, seen, to }: Link): object {
  const others = Object.entries(seen.row).filter(([name]) => name !== table.key && name !== column)
  return {
    table: table.name,
    key: table.key,
    seen: seen.key,
    to,
    column,
    value: seen.value,
    same: Object.fromEntries(others.filter(([, value]) => value === null || isComparable(value))),
    given: others.flatMap(([name, value]) => (value === null || isComparable(value) ? [] : [name])),
    ...(isBeside(table) && { versions: table.versionsName }),
  }
}

function areFound(data: unknown): data is readonly { readonly value: string; readonly row: Row }[] {
  return Array.isArray(data) && data.every((one) => typeof one?.value === 'string' && typeof one.row === 'object')
}

function isBoolean(data: unknown): data is boolean {
  return typeof data === 'boolean'
}
