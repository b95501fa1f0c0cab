import type { Rank } from '../port/version.ts'
import type { ClerkEventType } from './clerk-event.ts'

/** What an event does to its entity's row: a snapshot of this rank, or its delete. */
export type EventEffect = Rank | 'delete'

/** What every snapshot of Clerk's has. */
export interface Snapshot {
  readonly id: string
  readonly updated_at?: number | null
}

type Sample = Snapshot & Readonly<Record<string, unknown>>

/** Two of an entity, made up and never stored: with them a map is tried at set-up. */
export interface Samples {
  /** With every part that Clerk can send. */
  readonly full: Sample
  /** With all that Clerk may leave out. */
  readonly sparse: Sample
}

/**
 * All that the library knows of one of Clerk's objects; whatever depends on the entity derives from here.
 *
 * @typeParam Json - what Clerk sends
 * @typeParam Fields - the record made of it
 */
export interface EntityDefinition<
  Name extends string = string,
  Table extends string = string,
  DeleteCarries extends 'id' | 'snapshot' | 'nothing' = 'id' | 'snapshot' | 'nothing',
  Json extends Snapshot = never,
  Fields extends object = object,
> {
  /** As in `map`, `find` and Clerk's event types: `user`. */
  readonly name: Name
  /** The option of an adapter that takes its table: `users`. */
  readonly table: Table
  readonly events: { readonly [Type in ClerkEventType]?: EventEffect }
  /**
   * What is in a delete event: the id alone, or the whole object, whose references can then stay in the tombstone.
   * `nothing`: Clerk sends no such event.
   */
  readonly deleteCarries: DeleteCarries
  /** Paths to text without which the record cannot be made, beside `id`. Clerk sends them in every snapshot. */
  readonly requires: readonly (readonly string[])[]
  toRecord(json: Json): Fields
  /** All that Clerk gives a field of the record that has a few values alone. */
  readonly values?: Readonly<Record<string, readonly string[]>>
  readonly samples: Samples
}

/** Infers the types of a definition from its values. */
export function defineEntity<
  const Name extends string,
  const Table extends string,
  const DeleteCarries extends 'id' | 'snapshot' | 'nothing',
  Json extends Snapshot,
  Fields extends object,
>(
  definition: EntityDefinition<Name, Table, DeleteCarries, Json, Fields>,
): EntityDefinition<Name, Table, DeleteCarries, Json, Fields> {
  return definition
}
