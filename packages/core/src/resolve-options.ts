import type { ClerkSyncOptions } from './clerk-sync.ts'
import type { AnyHook } from './delivery/apply-change.ts'
import type { DeliveryResult } from './delivery/delivery-result.ts'
import { MAX_BODY_BYTES } from './delivery/raw-delivery.ts'
import { reportFailure } from './delivery/report-result.ts'
import type { Secrets } from './delivery/signing-secrets.ts'
import { readSecrets } from './delivery/signing-secrets.ts'
import { ClerkSyncError } from './errors.ts'
import { type GivenMaps, type Mapping, type Mappings, resolveMappings } from './mapping/resolve-mapping.ts'
import type { Entity, Rows, SyncAdapter } from './port/sync-adapter.ts'

/** The options with their defaults, found to be right. */
export interface ResolvedOptions {
  readonly adapter: SyncAdapter
  /** @throws ClerkSyncError `config_invalid` when there is still none. */
  readonly secrets: () => Secrets
  readonly mappings: { readonly given: Mappings; of(entity: Entity): Mapping }
  readonly hooks: ReadonlyMap<string, AnyHook>
  readonly onDelete: 'erase' | 'keep'
  readonly instanceId: string | undefined
  readonly maxBodyBytes: number
  readonly onResult: (result: DeliveryResult) => void
}

/** @throws ClerkSyncError `config_invalid`, with what to do. */
export function resolveOptions<R extends Rows, Tx, HookResult, Stored extends Rows>(
  options: ClerkSyncOptions<R, Tx, HookResult, Stored> & { readonly map?: object },
): ResolvedOptions {
  const { instanceId, onDelete = 'erase', maxBodyBytes = MAX_BODY_BYTES, onResult = reportFailure } = options
  const adapter = options.adapter as SyncAdapter
  if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes <= 0) {
    throw new ClerkSyncError('config_invalid', 'maxBodyBytes must be a positive whole number of bytes.')
  }
  if (instanceId !== undefined && !/^ins_\w+$/.test(instanceId)) {
    throw new ClerkSyncError(
      'config_invalid',
      'instanceId must be what Clerk calls the instance, ins_…, or be left out.',
    )
  }
  const secrets = readSecrets(options.signingSecret)
  const given = resolveMappings(adapter.tables, (options.map ?? {}) as GivenMaps, onDelete)
  const hooks = resolveHooks(adapter, options.on ?? {})
  const of = (entity: Entity): Mapping => {
    const mapping = given[entity]
    if (mapping) return mapping
    throw new ClerkSyncError('config_invalid', `${adapter.name} was given no table for ${entity}.`)
  }
  return { adapter, secrets, mappings: { given, of }, hooks, onDelete, instanceId, maxBodyBytes, onResult }
}

function resolveHooks(adapter: { name: string; ledger: boolean }, on: object): ReadonlyMap<string, AnyHook> {
  const hooks = new Map(Object.entries(on).filter(([, hook]) => hook !== undefined)) as Map<string, AnyHook>
  if (hooks.size > 0 && !adapter.ledger) {
    throw new ClerkSyncError(
      'config_invalid',
      `Hooks need the ledger table, so that each message runs its hook once: pass the events table to ${adapter.name}.`,
    )
  }
  return hooks
}
