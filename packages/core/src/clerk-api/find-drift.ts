import { definitionOf } from '../entities/all-entities.ts'
import type { EntityDefinition, Snapshot } from '../entities/define-entity.ts'
import { PART_NAMES, PART_TABLES } from '../entities/parts/part-names.ts'
import { valueAt } from '../entities/value-at.ts'
import { isDiscovered } from '../port/discovered.ts'
import { isKept } from '../port/kept.ts'
import type { Parts, Scanned, Upsert, Values } from '../port/sync-adapter.ts'
import { DELETED, NO_VERSION, newestTime } from '../port/version.ts'
import { sameValue } from './same-value.ts'
import type { Drift, ListedEntity } from './types.ts'

/** What is known beside the row and the snapshot. */
export interface DriftContext {
  readonly entity: ListedEntity
  /** By Clerk's clock, in ms. */
  readonly now: number
  readonly graceMs: number
  /** Whether the versions are beside the table. */
  readonly isBeside: boolean
  /** The parts that are there of those that are compared. */
  readonly parts: ReadonlyMap<string, Parts>
}

/** How a row differs from what Clerk has; undefined where it does not, or is newer. */
export function findDrift(
  { entity, now, graceMs, isBeside, parts }: DriftContext,
  snapshot: Snapshot,
  change: Upsert,
  row: Scanned | undefined,
): Drift | undefined {
  const ageMs = Math.max(0, now - changedAt(entity, snapshot, row))
  const drift = (kind: Drift['kind'], columns?: readonly string[]): Drift => ({
    kind,
    entity,
    id: change.key,
    ageMs,
    pending: ageMs < graceMs,
    ...(columns && { columns }),
  })
  if (!row) return drift('missing')
  if (row.deleted) return mayLive(row, isBeside) ? drift('revived') : undefined
  if (row.version >= change.version) return undefined
  const columns = [...differing(row, change), ...differingParts(parts.get(change.key), change)]
  // A read of what has no time of its own is always newer.
  const isOlder =
    row.version === NO_VERSION || (isTimed(snapshot) && row.version.slice(0, 13) < change.version.slice(0, 13))
  return isOlder || columns.length > 0 ? drift('stale', columns) : undefined
}

/** Of what has no time: when its row was written last, or where there is none, when it began. */
function changedAt(entity: ListedEntity, snapshot: Snapshot, row: Scanned | undefined): number {
  if (isTimed(snapshot)) return snapshot.updated_at
  const { begins = [] }: EntityDefinition = definitionOf(entity)
  const beganAt = Number(valueAt(snapshot, begins)) || 0
  return row ? Math.max(beganAt, newestTime(row.version)) : beganAt
}

function isTimed(snapshot: Snapshot): snapshot is Snapshot & { readonly updated_at: number } {
  return typeof snapshot.updated_at === 'number'
}

/**
 * Whether no event has deleted what the tombstone is of: a read discovered it, or it is without its owner. Beside a table,
 * an event's own is above all snapshots, or has the mark of one that keeps its values.
 */
function mayLive({ version }: Scanned, isBeside: boolean): boolean {
  return isDiscovered(version) || (isBeside && !isKept(version) && version < DELETED)
}

function differing({ row }: Scanned, { values }: Upsert): string[] {
  return differingColumns(row ?? {}, values)
}

function differingColumns(stored: object, values: Values): string[] {
  return Object.keys(values).filter((column) => {
    const mapped = values[column]
    return mapped !== undefined && !sameValue(Reflect.get(stored, column), mapped)
  })
}

/** The tables of parts that have others, or more, or fewer. */
function differingParts(stored: Parts | undefined, { parts = {} }: Upsert): string[] {
  const differ = PART_NAMES.filter((part) => {
    const mapped = parts[part]
    if (!mapped) return false
    const there = new Map((stored?.[part] ?? []).map(({ id, values }) => [id, values]))
    return (
      there.size !== mapped.length ||
      mapped.some(({ id, values }) => {
        const own = there.get(id)
        return !own || differingColumns(own, values).length > 0
      })
    )
  })
  return differ.map((part) => PART_TABLES[part])
}
