import { definitionOf, entities, type ListedEntity, type TableName } from '../entities/all-entities.ts'
import type {
  EntityDefinition,
  EntityList,
  EntityProof,
  OwnerPaths,
  Owners,
  Snapshot,
} from '../entities/define-entity.ts'
import { ClerkSyncError } from '../errors.ts'
import type { Scanned } from '../port/sync-adapter.ts'
import { NO_VERSION } from '../port/version.ts'
import type { StoreAccess } from '../store-access.ts'

/** An entity that can be read as a whole. */
export interface ListedEntityInfo {
  readonly entity: ListedEntity
  /** The option of an adapter that takes its table: `users`. */
  readonly table: TableName<ListedEntity>
  /** What its ids begin with: `user_`. */
  readonly idPrefix: string
}

/** What can be read as a whole, owners first: in this order, foreign keys find what they refer to. */
export const listedEntities: readonly ListedEntityInfo[] = Object.values(entities).flatMap((definition) => {
  const { name, table, list, samples }: EntityDefinition<string, string> = definition as EntityDefinition
  const idPrefix = samples.full.id.replace(/sample$/, '')
  return list ? [{ entity: name, table, idPrefix } as ListedEntityInfo] : []
})

export function listOf(entity: ListedEntity): EntityList {
  return definitionOf(entity).list as EntityList
}

/** Null where no read proves an absence. */
export function proofOf(entity: ListedEntity): EntityProof | null {
  return definitionOf(entity).proof
}

/** Where a snapshot has the ids of its owners, as far as its proof needs them. */
export function ownersIn(entity: ListedEntity): OwnerPaths {
  return proofOf(entity) ?? { owners: {} }
}

/** What the Backend API gave, as an event would have it. */
export function fromApi(entity: ListedEntity, json: Snapshot, owners: Owners = {}): Snapshot {
  return (definitionOf(entity).fromApi?.(json, owners) ?? json) as Snapshot
}

/**
 * Whether a row may be of what Clerk has made: rows of the application's own, `seed-1` say, are not asked for. What an event or
 * a read has reached is Clerk's, whatever its id begins with.
 */
export function isOwnRow(entity: ListedEntity, { key, version }: Scanned): boolean {
  return version !== NO_VERSION || isOwnId(entity, key)
}

/** Whether an id looks like one that Clerk has made. */
export function isOwnId(entity: ListedEntity, id: string): boolean {
  return listedEntities.some((one) => one.entity === entity && id.startsWith(one.idPrefix))
}

/**
 * @param asked - as given; default: all that have a table
 * @throws ClerkSyncError `config_invalid` for what has no table, or no list.
 */
export function entitiesOf(
  owner: string,
  { adapter }: StoreAccess,
  asked: readonly string[] | undefined,
): ListedEntity[] {
  const listed = listedEntities.map(({ entity }) => entity)
  const possible = listed.filter((entity) => Object.hasOwn(adapter.tables, entity))
  if (asked === undefined) {
    if (possible.length > 0) return possible
    throw invalid(`${owner}: ${adapter.name} was given no table that Clerk has a list for.`)
  }
  if (!Array.isArray(asked) || asked.length === 0) {
    throw invalid(`${owner}: entities must be a list such as ["user", "organization"], or be left out.`)
  }
  const unknown = asked.find((entity) => !possible.some((one) => one === entity))
  if (unknown !== undefined) {
    const why = listed.some((one) => one === unknown)
      ? `${adapter.name} was given no table for it`
      : 'Clerk has no list of it'
    throw invalid(`${owner}: "${unknown}" cannot be read here, ${why}. These can: ${possible.join(', ') || 'none'}.`)
  }
  return possible.filter((entity) => asked.includes(entity))
}

function invalid(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}
