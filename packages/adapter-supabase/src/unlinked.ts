import type { CallOptions, Entity, Linking, UnlinkedRow } from '@clerk-sync/core/adapter'
import { isBeside } from '@clerk-sync/core/sql'
import type { Call, Client, Selection } from './client.ts'
import type { answerOf, select } from './select.ts'
import type { StoredFacts } from './stored-facts.ts'
import type { Table } from './synced-table.ts'

export interface UnlinkedParts {
  readonly client: Client
  readonly call: Call
  readonly select: typeof select
  readonly answerOf: typeof answerOf
  readonly tableOf: (entity: Entity) => Table
  readonly signalOf: (options?: CallOptions) => AbortSignal
}

/** Rows that have no Clerk id. */
export function unlinkedOver({
  client,
  call,
  select,
  answerOf,
  tableOf,
  signalOf,
}: UnlinkedParts): Required<Pick<Linking, 'countUnlinked' | 'listUnlinked'>> {
  return {
    async countUnlinked(entity, options) {
      const table = tableOf(entity)
      const signal = signalOf(options)
      const most = options?.most
      if (most === undefined) {
        // A page of none may be refused, and a head has no body that says why.
        const counted = () => waiting(table)(client.from(table.name).select(table.key, { count: 'exact' })).limit(1)
        return answerOf(table.name, signal, counted, ({ count }) => count ?? undefined)
      }
      return (await select(client, table.name, (rows) => waiting(table)(rows).limit(most), signal, table.key)).length
    },

    async listUnlinked({ entity, column, limit }, options) {
      const table = tableOf(entity)
      const signal = signalOf(options)
      const stored = await call('clerk_sync_facts', { names: [table.name] }, areFacts, signal)
      const primaryKey = stored[table.name]?.indexes.find(({ primary }) => primary)?.columns ?? []
      // As text: a number of JSON holds no key above 2^53.
      const columns = [...new Set([...primaryKey, column])].map((name) => `${quoted(name)}::text`).join(',')
      const page = (rows: Selection) =>
        primaryKey.reduce((ordered, own) => ordered.order(quoted(own)), waiting(table)(rows)).limit(limit)
      const rows = await select(client, table.name, page, signal, columns)
      return rows.map(
        (row): UnlinkedRow => ({
          primaryKey: Object.fromEntries(primaryKey.map((own) => [own, String(row[own])])),
          value: row[column] === null ? null : String(row[column]),
        }),
      )
    },
  }
}

/** Also of the application's own making: a row that it has deleted waits for nobody. */
function waiting(table: Table): (rows: Selection) => Selection {
  return (rows) => {
    const unlinked = rows.is(table.key, null)
    return isBeside(table) ? unlinked : unlinked.is(table.deletedAt, null)
  }
}

/** As PostgREST takes a name of any characters. */
function quoted(name: string): string {
  return `"${name.replace(/["\\]/g, '\\$&')}"`
}

function areFacts(data: unknown): data is Readonly<Record<string, Pick<StoredFacts, 'indexes'> | null>> {
  return Object.values(Object(data)).every(
    (facts) => typeof facts !== 'object' || facts === null || Array.isArray(Reflect.get(facts, 'indexes')),
  )
}
