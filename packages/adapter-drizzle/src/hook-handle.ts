import { ClerkSyncError } from '@clerk-sync/core'
import { type HookHandle, HookStatements } from '@clerk-sync/core/sql'
import { is } from 'drizzle-orm'
import { Cache, NoopCache } from 'drizzle-orm/cache/core'
import { WritesOnly } from './query-cache.ts'
import { UnrunWrites } from './unrun-writes.ts'

const late = () => {
  throw new ClerkSyncError('hook_failed', 'The transaction has ended: the hook must await all that it does.')
}
/** In place of the client of a transaction that is over, whatever the driver calls its methods. */
export const ended = { query: late, execute: late, unsafe: late, savepoint: late }

/** The same transaction for a hook, with a session of its own, which ends with the hook. */
export function handleOf<Tx extends object>(
  tx: Tx,
  ...given: ConstructorParameters<typeof HookStatements>
): HookHandle<Tx> {
  const statements = new HookStatements(...given)
  const session: unknown = Reflect.get(tx, 'session')
  if (typeof session !== 'object' || session === null) throw new Error('A transaction of Drizzle has no session.')
  const cache: unknown = Reflect.get(session, 'cache')
  const clientOf = (name: 'client' | 'tx') => guarded(Reflect.get(session, name), statements)
  const own: object = Object.create(session, {
    client: { value: clientOf('client'), writable: true },
    // libsql's, and PlanetScale's.
    tx: { value: clientOf('tx'), writable: true },
    cache: { value: is(cache, Cache) && !is(cache, NoopCache) ? new WritesOnly(cache) : cache },
  })
  const handle = Object.create(tx, { session: { value: own } })
  const writes = new UnrunWrites()
  writes.watch(handle)
  return {
    tx: handle,
    check() {
      writes.refuse()
      statements.check()
    },
    end() {
      statements.end()
      Reflect.set(own, 'client', ended)
      Reflect.set(own, 'tx', ended)
    },
  }
}

/** The same client, whose statements go past these. */
function guarded(client: unknown, statements: HookStatements): unknown {
  if (typeof client !== 'object' || client === null) return client
  // A property that cannot be changed must be given as it is by a proxy of its own object.
  return new Proxy(Object.create(client), {
    get(_, name) {
      const value: unknown = Reflect.get(client, name)
      if (typeof value !== 'function') return value
      if (name !== 'query' && name !== 'execute') return value.bind(client)
      return (...args: unknown[]) => statements.send(textOf(args[0]), () => Reflect.apply(value, client, args))
    },
  })
}

function textOf(statement: unknown): unknown {
  if (typeof statement !== 'object' || statement === null) return statement
  return Reflect.get(statement, 'sql') ?? Reflect.get(statement, 'text')
}

/** What a hook left running writes nothing after its end. Commit and rollback go past this. */
export function endSession(tx: unknown): void {
  const session: unknown = typeof tx === 'object' && tx !== null ? Reflect.get(tx, 'session') : undefined
  if (typeof session === 'object' && session !== null) Reflect.set(session, 'client', ended)
}
