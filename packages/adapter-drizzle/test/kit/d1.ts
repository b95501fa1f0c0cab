import { type DatabaseCalls, type SqlTables, sqlTables } from '@clerk-sync/adapter-testkit'
import type { Versions } from '@clerk-sync/test-support/kit-tables'
import type { AnyD1Database } from 'drizzle-orm/d1'
import { Miniflare } from 'miniflare'

interface Answer {
  readonly results: Record<string, unknown>[]
}
type Query = readonly [sql: string, params: readonly unknown[]]

/** Does with its binding what it is told, and hands on what that answers or throws. */
const WORKER = `
  export default {
    async fetch(request, { DB }) {
      const { method, queries } = await request.json()
      try {
        const statements = queries.map(([sql, params]) => DB.prepare(sql).bind(...params))
        const answer = method === 'batch' ? await DB.batch(statements) : await statements[0][method]()
        return Response.json({ answer })
      } catch (error) {
        return Response.json({ message: error.message })
      }
    },
  }`

/**
 * The D1 of Cloudflare's own runtime, workerd, with a database in memory. Miniflare's own way to a binding blocks the
 * process for each of its methods; a Worker in between takes a tenth of the time, and half of that where it is asked
 * on a socket of its own, past the Worker that Miniflare puts before all.
 */
export async function openD1(versions: Versions = 'row') {
  const runtime = new Miniflare({ modules: true, script: WORKER, d1Databases: ['DB'], unsafeDirectSockets: [{}] })
  const url = await runtime.unsafeGetDirectURL()
  const ask = async (method: string, queries: readonly Query[]): Promise<never> => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ method, queries }) })
    const { answer, message } = (await response.json()) as { answer: never; message?: string }
    if (message !== undefined) throw new Error(message)
    return answer
  }
  const {
    create,
    read,
    insert,
    triggers,
    linking,
    parts: ofParts,
    versions: beside,
  } = sqlTables('sqlite', async (text, values) => ((await ask('all', [[text, values]])) as Answer).results, {
    versions,
  })
  return {
    /** Past the kit's hands. */
    ask: async (sql: string) => ((await ask('all', [[sql, []]])) as Answer).results,
    /** For `parts` of a harness. */
    ofParts,
    tables: {
      create,
      read: inParts(read),
      insert,
      triggers,
      linking,
      ...(versions === 'beside' && {
        versions: { ...beside, read: (keys) => inParts((_, part) => beside.read(part))('users', keys) },
      }),
    } satisfies Pick<SqlTables, 'create' | 'read' | 'insert' | 'triggers'> & Partial<SqlTables>,
    /** A binding whose every request to the database passes through the kit's hands. */
    binding: (calls: DatabaseCalls): AnyD1Database =>
      bindingOf((method, queries) => calls.run(() => ask(method, queries))),
    /** Miniflare's own. */
    original: async () => (await runtime.getD1Database('DB')) as unknown as AnyD1Database,
    close: () => runtime.dispose(),
  }
}

/** A statement has 100 parameters at most. */
function inParts(read: SqlTables['read']): SqlTables['read'] {
  return async (table, keys) => {
    const starts = Array.from({ length: Math.ceil(keys.length / 100) }, (_, n) => n * 100)
    const parts = await Promise.all(starts.map((start) => read(table, keys.slice(start, start + 100))))
    return parts.flat()
  }
}

function bindingOf(ask: (method: string, queries: readonly Query[]) => Promise<never>): AnyD1Database {
  const statementOf = (query: Query) => ({
    query,
    bind: (...params: readonly unknown[]) => statementOf([query[0], params]),
    run: () => ask('run', [query]),
    all: () => ask('all', [query]),
    raw: () => ask('raw', [query]),
  })
  const binding = {
    prepare: (sql: string) => statementOf([sql, []]),
    batch: (statements: readonly { query: Query }[]) =>
      ask(
        'batch',
        statements.map(({ query }) => query),
      ),
  }
  return binding as unknown as AnyD1Database
}
