import type { SyncAdapter } from '../port/sync-adapter.ts'
import type { BatchLimits } from './batch-options.ts'
import type { GroupCommit } from './group-commit.ts'

/** What a delivery is written with. */
interface Store {
  readonly adapter: SyncAdapter
  readonly upsert: SyncAdapter['upsert']
}

/** The adapter as it is, and one that writes together, where it can, what deliveries bring at the same time. */
export function storesOf(
  adapter: SyncAdapter,
  limits: BatchLimits | undefined,
): { readonly alone: Store; readonly together: Store } {
  const alone: Store = { adapter, upsert: (change, options) => adapter.upsert(change, options) }
  const { batching } = adapter
  if (!limits || !batching || hasIoOfRequests()) return { alone, together: alone }
  const inOwnContext = contextOfNow()
  let group: GroupCommit | undefined
  let isLoading = false
  const load = async () => {
    isLoading = true
    try {
      const { GroupCommit } = await import('./group-commit.ts')
      group = new GroupCommit(adapter, batching, limits, inOwnContext)
    } catch {
      // The file may be readable the next time. Until then, each delivery is written by itself.
      isLoading = false
    }
  }
  const together: Store = {
    adapter,
    upsert(change, options = {}) {
      const isBatched = change.expected === undefined && batching.entities.includes(change.entity)
      if (!isBatched) return alone.upsert(change, options)
      if (group) return group.upsert(change, options)
      if (!isLoading) void load()
      return alone.upsert(change, options)
    },
  }
  return { alone, together }
}

/** Whether a request may wait for nothing that another one has sent: Cloudflare's Workers, and what runs on them. */
function hasIoOfRequests(): boolean {
  return 'WebSocketPair' in globalThis || 'EdgeRuntime' in globalThis
}

/** Runs a function with the `AsyncLocalStorage` of whoever has called this one, where there is such a thing. */
function contextOfNow(): (run: () => void) => void {
  const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks')
  return hooks?.AsyncLocalStorage.snapshot() ?? ((run) => run())
}
