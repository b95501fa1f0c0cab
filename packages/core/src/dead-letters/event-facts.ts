import { versionOfEvent } from '../delivery/version-of-event.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import { effectOf } from '../entities/effect-of.ts'
import { isKeptDelete } from '../port/outcomes.ts'
import { prop } from '../port/prop.ts'
import type { Change, DeleteMode, Entity, Found } from '../port/sync-adapter.ts'
import { orderOf } from '../port/version.ts'

/** What deletes do to the rows of an entity; undefined where it has no table. */
export type ModeOf = (entity: Entity) => DeleteMode | undefined

/** Which row an event writes, without what it writes. */
export interface Target {
  readonly entity: Entity
  readonly kind: Change['kind']
  readonly mode: DeleteMode
  readonly key: string
  readonly version: string
}

/** Undefined where an event writes no row. */
export function targetOf(event: ClerkEvent, modeOf: ModeOf): Target | undefined {
  const found = effectOf(event.type)
  const mode = found && modeOf(found.entity)
  const key = entityIdOf(event)
  if (!found || !mode || key === undefined) return undefined
  const { entity, effect } = found
  return { entity, kind: effect === 'delete' ? 'delete' : 'upsert', mode, key, version: versionOfEvent(event, effect) }
}

/** Whether nothing of the older event is to be written once the newer one is. A kept tombstone takes older snapshots still. */
export function supersedes(newer: Target | undefined, older: Target | undefined): boolean {
  if (!newer || !older || newer.entity !== older.entity || newer.key !== older.key) return false
  return newer.version > older.version && isKeptDelete(newer) === isKeptDelete(older)
}

/** Whether a row holds something newer than an event. */
export function isNewer(row: Found, target: Target): boolean {
  return isKeptDelete(target) ? row.deleted : orderOf(row.version) > target.version
}

/** The Clerk id of what an event is about. */
export function entityIdOf(event: ClerkEvent): string | undefined {
  return text(prop(event.data, 'id'))
}

/**
 * Whose personal data an event holds. That a user created an organization is a reference, and no data of his; what is in
 * metadata is the application's.
 */
export function usersIn(event: ClerkEvent): readonly string[] {
  const { data } = event
  const own = effectOf(event.type)?.entity === 'user' ? prop(data, 'id') : undefined
  const found = [
    own,
    prop(data, 'user_id'),
    prop(prop(data, 'public_user_data'), 'user_id'),
    prop(prop(data, 'user'), 'id'),
    prop(prop(data, 'payer'), 'user_id'),
  ]
  return [...new Set(found.flatMap((id) => text(id) ?? []))]
}

/** The event with the ids of its users alone, and without where a request came from. The address of an invitation stays: it cannot be stored without. */
export function eventWithoutUserData(event: ClerkEvent): ClerkEvent {
  const { data } = event
  const kept = Object.entries(data).flatMap(([key, value]): [string, unknown][] => {
    if (PLACES_OF_REQUESTS.has(key)) return []
    const ids = IDS_IN.get(key)
    return [[key, ids && typeof value === 'object' && value !== null ? only(ids, value) : value]]
  })
  return { ...event, data: Object.fromEntries(kept) as object as typeof data } as ClerkEvent
}

const IDS_IN: ReadonlyMap<string, readonly string[]> = new Map([
  ['user', ['id']],
  ['public_user_data', ['user_id']],
  ['payer', ['id', 'user_id', 'organization_id']],
])
const PLACES_OF_REQUESTS: ReadonlySet<string> = new Set(['latest_activity', 'actor'])

function only(names: readonly string[], value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)))
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
