import type { SyncAdapter } from './sync-adapter.ts'

/** What deliveries are written with. */
export interface Store {
  readonly adapter: SyncAdapter
  /** The adapter's own, or one that writes together what several deliveries bring. */
  readonly upsert: SyncAdapter['upsert']
}
