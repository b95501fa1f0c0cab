import { type Change, camelCase, type Parts, type SyncAdapter, snakeCase } from '@clerk-sync/core/adapter'

/**
 * The adapter with its columns in camelCase, as the kit names them: what the kit hands to the port itself is spelled
 * for the database here. (Through createClerkSync, core does it.)
 */
export function inCamelCase<R extends object, Tx>(adapter: SyncAdapter<R, Tx>): SyncAdapter<R, Tx> {
  const spelled = <C extends Change>(change: C): C => ({
    ...change,
    values: keysOf(change.values, snakeCase),
    ...('parts' in change && { parts: partsIn(change.parts, snakeCase) }),
  })
  const { linking, parts } = adapter
  const tablesOf = <T extends { readonly columns: object }>(tables: Readonly<Record<string, T>>) =>
    Object.fromEntries(
      Object.entries(tables).map(([name, table]) => [name, { ...table, columns: keysOf(table.columns, camelCase) }]),
    )
  return {
    ...adapter,
    tables: tablesOf(adapter.tables),
    ...(parts && {
      parts: {
        tables: tablesOf(parts.tables),
        async read(owners, options) {
          const read = await parts.read(owners, options)
          return new Map(Array.from(read, ([owner, lists]) => [owner, partsIn(lists, camelCase)]))
        },
      },
    }),
    ...(linking && {
      linking: {
        ...linking,
        listUnlinked: async (search, options) =>
          (await linking.listUnlinked?.({ ...search, column: snakeCase(search.column) }, options)) ?? [],
        find: async (search, options) =>
          (await linking.find(search, options)).map((found) => ({ ...found, row: keysOf(found.row, camelCase) })),
        set: (link, options) =>
          linking.set({ ...link, seen: { ...link.seen, row: keysOf(link.seen.row, snakeCase) } }, options),
      },
    }),
    upsert: (change) => adapter.upsert(spelled(change)),
    softDelete: (change) => adapter.softDelete(spelled(change)),
    once: (event, change, hook, options) => adapter.once(event, change && spelled(change), hook, options),
    async writeMany(changes) {
      const written = await adapter.writeMany(changes.map(spelled))
      return changes.map((change, n) => ({ ...(written[n] as (typeof written)[number]), change }))
    },
  }
}

function partsIn(parts: Parts, spell: (key: string) => string): Parts {
  return Object.fromEntries(
    Object.entries(parts).map(([part, rows]) => [
      part,
      rows.map(({ id, values }) => ({ id, values: keysOf(values, spell) })),
    ]),
  )
}

function keysOf<V>(values: Readonly<Record<string, V>>, spell: (key: string) => string): Record<string, V>
function keysOf(values: object, spell: (key: string) => string): Record<string, unknown>
function keysOf(values: object, spell: (key: string) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [spell(key), value]))
}
