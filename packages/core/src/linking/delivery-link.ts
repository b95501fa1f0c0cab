import { ClerkSyncError } from '../errors.ts'
import type { SyncAdapter } from '../port/sync-adapter.ts'
import { resolveLink } from './link-options.ts'
import type { Linker } from './linker.ts'

export interface DeliveryLink {
  /** Undefined where none was asked for, and once the move is over. */
  readonly linker: () => Promise<Linker> | undefined
  /** The column of users by which they are linked. */
  readonly linkedColumn: string | undefined
}

/**
 * What `createClerkSync` was given as `link`.
 *
 * @throws ClerkSyncError `config_invalid`
 */
export function resolveDeliveryLink(link: object | undefined, adapter: SyncAdapter): DeliveryLink {
  if (link === undefined) return { linker: () => undefined, linkedColumn: undefined }
  const rules = resolveLink('createClerkSync: link', link, adapter, ['until'])
  const until: unknown = Reflect.get(link, 'until')
  if (!(until instanceof Date) || Number.isNaN(until.getTime())) {
    throw new ClerkSyncError(
      'config_invalid',
      'createClerkSync: link.until must be the Date at which the move is over: from then on, no row is linked.',
    )
  }
  let loaded: Promise<Linker> | undefined
  const load = () => {
    loaded ??= import('./linker.ts').then(({ Linker }) => new Linker(adapter, rules))
    return loaded
  }
  return { linker: () => (Date.now() < until.getTime() ? load() : undefined), linkedColumn: rules.column }
}
