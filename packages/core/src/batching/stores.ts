import type { Store } from '../port/store.ts'
import type { SyncAdapter } from '../port/sync-adapter.ts'
import type { BatchLimits } from './batch-options.ts'
import type { GroupCommit } from './group-commit.ts'

/** The adapter as it is, and one that writes together, where it can, what deliveries bring at the same time. */
export function storesOf(
  adapter: SyncAdapter,
  limits: BatchLimits | undefined,
): { readonly alone: Store; readonly together: Store } {
  const alone: Store = { adapter, upsert: (change, options) => adapter.upsert(change, options) }
  const { batching } = adapter
  if (!limits || !batching || !mayShareIo()) return { alone, together: alone }
  const inOwnContext = contextOfNow()
  let loaded: Promise<GroupCommit> | undefined
  const load = async () => {
    try {
      const { GroupCommit } = await import('./group-commit.ts')
      return new GroupCommit(adapter, batching, limits, inOwnContext)
    } catch (error) {
      // The file may be readable the next time.
      loaded = undefined
      throw error
    }
  }
  const together: Store = {
    adapter,
    async upsert(change, options = {}) {
      const isAlone = change.expected !== undefined || change.parts !== undefined
      const isBatched = !isAlone && batching.entities.includes(change.entity)
      if (!isBatched) return adapter.upsert(change, options)
      loaded ??= load()
      return (await loaded).upsert(change, options)
    },
  }
  return { alone, together }
}

/** Cloudflare's Workers, and what runs on them, let a request wait for nothing that another one has sent. */
function mayShareIo(): boolean {
  const isWorker = 'WebSocketPair' in globalThis || 'EdgeRuntime' in globalThis
  return !isWorker && typeof setImmediate === 'function'
}

/** Runs a function with the `AsyncLocalStorage` of whoever has called this one, where there is such a thing. */
function contextOfNow(): (run: () => void) => void {
  const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks')
  return hooks?.AsyncLocalStorage.snapshot() ?? ((run) => run())
}
