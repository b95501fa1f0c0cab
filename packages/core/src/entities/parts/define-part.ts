import type { Samples } from '../define-entity.ts'

/** One of a user's parts as Clerk sends it, with whose it is. */
export type PartJson<Json> = Json & {
  /** The user's id. */
  readonly user_id: string
  /** Whether it is the user's primary one; null of external accounts, which have none. */
  readonly is_primary: boolean | null
}

/**
 * All that the library knows of what an entity has many of, in a list of its own snapshot. A part has no events: it is
 * written with its owner's snapshot, under the owner's version.
 */
export interface PartDefinition<
  Name extends string = string,
  Json extends object = never,
  Fields extends object = object,
> {
  /** As in `map`: `emailAddress`. */
  readonly name: Name
  /** The field of the owner's snapshot that has the list. */
  readonly list: string
  /** The field of the owner's snapshot that has the id of the primary one; null where there is none. */
  readonly primary: string | null
  toRecord(json: PartJson<Json>): Fields
  /** As an entity's: a {@link PartJson} each. */
  readonly samples: Samples
}

/** Infers the types of a definition from its values. */
export function definePart<const Name extends string, Json extends object, Fields extends object>(
  definition: PartDefinition<Name, Json, Fields>,
): PartDefinition<Name, Json, Fields> {
  return definition
}
