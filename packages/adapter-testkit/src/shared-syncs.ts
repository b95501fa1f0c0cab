import type { ClerkSync } from '@clerk-sync/core'
import type { Process, Stage, SyncSetting } from './stage.ts'

/** One sync for each process and setting, as applications have it: only its own deliveries are written together. */
export class SharedSyncs {
  readonly #syncs = new Map<Process, Map<string, ClerkSync>>()

  constructor(
    private readonly stage: Stage,
    private readonly setting: Pick<SyncSetting, 'batch'> = {},
  ) {}

  of(process: Process, setting: Pick<SyncSetting, 'onDelete' | 'hook'>): ClerkSync {
    const own = this.#syncs.get(process) ?? new Map<string, ClerkSync>()
    this.#syncs.set(process, own)
    const name = `${setting.onDelete} ${setting.hook !== undefined}`
    const sync = own.get(name) ?? this.stage.sync(process, { ...this.setting, ...setting })
    own.set(name, sync)
    return sync
  }
}
