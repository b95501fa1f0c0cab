import type { Delivered } from './dead-letters/parts.ts'
import type { DeliveryResult } from './delivery/delivery-result.ts'
import type { ReceiveOptions } from './delivery/queue-delivery.ts'
import type { RawDelivery } from './delivery/raw-delivery.ts'
import type { Secrets } from './delivery/signing-secrets.ts'
import type { ClerkEvent } from './entities/clerk-event.ts'
import { ClerkSyncError } from './errors.ts'
import type { Linker } from './linking/linker.ts'
import type { Mapping, Mappings } from './mapping/resolve-mapping.ts'
import { prop } from './port/prop.ts'
import type { Entity, SyncAdapter } from './port/sync-adapter.ts'

/** By the same symbol in every copy of this package: an entry may be bundled by itself. */
const ACCESS = Symbol.for('@clerk-sync/core/store-access')

/** What functions that take a clerkSync need of what `createClerkSync` made. Not for applications. */
export interface StoreAccess {
  readonly adapter: SyncAdapter
  readonly mappings: { readonly given: Mappings; of(entity: Entity): Mapping }
  readonly instanceId: string | undefined
  /**
   * What deliveries are verified with.
   *
   * @throws ClerkSyncError `config_invalid` where there is no secret, or the environment has a malformed one by now.
   */
  secrets(): Secrets
  /** Links the rows of users that sign up during a move; undefined where that was not asked for, or is over. */
  linker(): Promise<Linker> | undefined
  /**
   * As `clerkSync.receive`.
   *
   * @param onVerified - called once the event is known, before anything is stored, and waited for. It must not reject.
   */
  receive(
    delivery: RawDelivery,
    options?: ReceiveOptions,
    onVerified?: (event: ClerkEvent) => Promise<void>,
  ): Promise<DeliveryResult>
  /** As `clerkSync.apply`, and says why an event was parked. */
  applyOne(event: ClerkEvent, lastAttempt: boolean): Promise<Delivered>
  /** Whether its deliveries are traced and counted. */
  readonly isObserved?: true
  /** Whether the page of `clerk-sync dev` is shown its deliveries. */
  readonly isRecorded?: true
  /**
   * Runs what `clerkSync.close()` ends: it aborts the signal, and waits.
   *
   * @param name - of the function that the application has called
   * @throws ClerkSyncError `closed` after `close()`.
   */
  runUntilClosed<T>(name: string, work: (closing: AbortSignal) => Promise<T>): Promise<T>
}

export function withStoreAccess<T extends object>(clerkSync: T, access: StoreAccess): T {
  return Object.assign(clerkSync, { [ACCESS]: access })
}

/**
 * @param call - how it is given, for the message: `backfill(clerkSync)`
 * @throws ClerkSyncError `config_invalid` for what createClerkSync did not return.
 */
export function storeAccessOf(call: string, clerkSync: unknown): StoreAccess {
  const access = prop(clerkSync, ACCESS)
  if (typeof access === 'object' && access !== null) return access as StoreAccess
  throw new ClerkSyncError('config_invalid', `${call} takes what createClerkSync returned first.`)
}
