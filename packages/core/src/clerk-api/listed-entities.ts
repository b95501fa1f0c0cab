import { definitionOf } from '../entities/all-entities.ts'
import type { EntityDefinition, EntityList, EntityProof } from '../entities/define-entity.ts'
import { ClerkSyncError } from '../errors.ts'
import type { StoreAccess } from '../store-access.ts'
import type { ListedEntity } from './types.ts'

/** What can be read as a whole, owners first: in this order, foreign keys find what they refer to. */
export const LISTED = [
  'user',
  'organization',
  'organizationMembership',
  'organizationInvitation',
  'organizationDomain',
] as const satisfies readonly ListedEntity[]

export function listOf(entity: ListedEntity): EntityList {
  return definitionOf(entity).list as EntityList
}

export function proofOf(entity: ListedEntity): EntityProof {
  return definitionOf(entity).proof as EntityProof
}

/** Whether an id may be one that Clerk has made: rows of the application's own, `seed-1` say, are not asked for. */
export function isOwnId(entity: ListedEntity, id: string): boolean {
  const { samples }: EntityDefinition = definitionOf(entity)
  return id.startsWith(samples.full.id.replace(/_.*/, '_'))
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
  const possible = LISTED.filter((entity) => Object.hasOwn(adapter.tables, entity))
  if (asked === undefined) {
    if (possible.length > 0) return possible
    throw invalid(`${owner}: ${adapter.name} was given no table that Clerk has a list for.`)
  }
  if (!Array.isArray(asked) || asked.length === 0) {
    throw invalid(`${owner}: entities must be a list such as ["user", "organization"], or be left out.`)
  }
  const unknown = asked.find((entity) => !possible.some((one) => one === entity))
  if (unknown !== undefined) {
    const why = LISTED.some((one) => one === unknown)
      ? `${adapter.name} was given no table for it`
      : 'Clerk has no list of it'
    throw invalid(`${owner}: "${unknown}" cannot be read here, ${why}. These can: ${possible.join(', ') || 'none'}.`)
  }
  return possible.filter((entity) => asked.includes(entity))
}

function invalid(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}
