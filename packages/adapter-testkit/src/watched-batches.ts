import type { SyncAdapter } from '@clerk-sync/core/adapter'

const rows = new WeakMap<SyncAdapter, number>()
const refusals = new WeakSet<SyncAdapter>()

/** How many rows an adapter of {@link watchBatches} has written together with others. */
export function rowsInBatches(adapter: SyncAdapter): number {
  return rows.get(adapter) ?? 0
}

/** Whether it has said that such changes do not go together at all, as on a server that it cannot do it on. */
export function hasRefusedBatches(adapter: SyncAdapter): boolean {
  return refusals.has(adapter)
}

/** The same adapter, which counts what it writes in batches of several deliveries. */
export function watchBatches(adapter: SyncAdapter): SyncAdapter {
  const { batching } = adapter
  if (!batching) return adapter
  const watched: typeof batching = {
    entities: batching.entities,
    async write(changes, options) {
      const written = await batching.write(changes, options)
      if (!written) refusals.add(proxy)
      rows.set(proxy, rowsInBatches(proxy) + (written?.size ?? 0))
      return written
    },
  }
  const proxy = new Proxy(adapter, {
    get(target, name) {
      if (name === 'batching') return watched
      const member: unknown = Reflect.get(target, name)
      // It may be an object of a class, with private fields.
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return proxy
}
