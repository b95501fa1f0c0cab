import { type Entity, NO_VERSION, type TombstoneStore } from '@clerk-sync/core/adapter'
import { isBeside } from '@clerk-sync/core/sql'
import { isCount } from './answers.ts'
import type { Call, Client } from './client.ts'
import { select, selectByKeys } from './select.ts'
import type { Table } from './synced-table.ts'

/** Arguments of a call have a length that proxies take. */
const KEYS_PER_CALL = 500

/** Old tombstones: they are found by queries, and removed by a function of the migration. */
export function tombstonesOver(
  client: Client,
  call: Call,
  tableOf: (entity: Entity) => Table,
  signalOf: (options?: { readonly signal?: AbortSignal }) => AbortSignal,
): TombstoneStore {
  async function findInRows({ name, key }: Table, before: Date, after: string, limit: number, signal: AbortSignal) {
    const old = await select(
      client,
      name,
      (rows) =>
        rows
          .gt(key, after)
          .lt('deleted_at', before.toISOString())
          .gt('clerk_version', NO_VERSION)
          .order(key)
          .limit(limit),
      signal,
      key,
    )
    return old.map((row) => String(row[key]))
  }

  async function findBeside(
    { name, key, versionsName }: Table & { readonly versionsName: string },
    before: Date,
    after: string,
    limit: number,
    ended: AbortSignal | undefined,
  ) {
    for (let last = after; ; ) {
      const signal = signalOf()
      const old = await select(
        client,
        versionsName,
        (rows) =>
          rows.eq('table_name', name).gt('id', last).lt('deleted_at', before.toISOString()).order('id').limit(limit),
        signal,
        'id',
      )
      const keys = old.map(({ id }) => String(id))
      const there = new Set((await selectByKeys(client, name, key, keys, signal)).map((row) => row[key]))
      const found = keys.filter((one) => !there.has(one))
      // A page of versions whose rows are all there is not the last one.
      if (found.length > 0 || keys.length === 0 || ended?.aborted) return found
      last = keys.at(-1) as string
    }
  }

  return {
    find({ entity, before, after = '', limit }, options) {
      const table = tableOf(entity)
      return isBeside(table)
        ? findBeside(table, before, after, limit, options?.signal)
        : findInRows(table, before, after, limit, signalOf())
    },

    async remove({ entity, before, keys }, options) {
      const table = tableOf(entity)
      const which = { table: table.name, key: table.key, ...(isBeside(table) && { versions: table.versionsName }) }
      // Where a tombstone is beside its table, a row that is gone has left none.
      const parts = isBeside(table)
        ? undefined
        : table.parts?.map(({ name, owner, key: own }) => ({ table: name, owner, key: own }))
      let removed = 0
      for (let start = 0; start < keys.length; start += KEYS_PER_CALL) {
        const args = { which, keys: keys.slice(start, start + KEYS_PER_CALL), before, parts }
        removed += Number(await call('clerk_sync_prune_tombstones', args, isCount, signalOf(options)))
      }
      return removed
    },
  }
}
