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

/** How the Backend API lists all of an instance's. */
export interface EntityList {
  /** Below `/v1`. */
  readonly path: string
  /** What each of its requests asks for, beside a page. */
  readonly query?: Readonly<Record<string, string>>
  /** `cursor`: from one row to the next, which holds while rows come and go. `offset`: a list that drifts while it is read. */
  readonly paging: 'cursor' | 'offset'
  /** Where its total is asked for; left out where each page has it, as `total_count`. */
  readonly count?: string
  /** The parameter that takes up to 100 ids, and leaves unknown ones out of the answer. */
  readonly byIds?: string
  /** Its order cannot be asked for: the newest comes first. */
  readonly newestFirst?: true
  /**
   * Where there is no list of the entity itself: what to ask of each entry of this list, one request each. Undefined for an
   * entry that does not say: then not all was read. What was asked already is not asked again.
   */
  each?(entry: Snapshot): EntityRequest | undefined
}

/** What is asked of one entry of another list. */
export interface EntityRequest {
  readonly path: string
  /** `one`: an object, or a 404 where there is none. `list`: the pages of a list. */
  readonly gives: 'one' | 'list'
  /** Whose it is, where the answer does not say so. */
  readonly owners?: Owners
}

/** What proves that one is gone. */
export type EntityProof = ProofByRequest | ProofByList

/** Whose it is. */
export interface OwnerPaths {
  /** The paths of a snapshot to the ids of its owners: when one of them is gone, so is it. */
  readonly owners: { readonly [Owner in OwnerName]?: readonly string[] }
  /** It has one of these owners, and not all. */
  readonly anyOwner?: true
}

/** How the Backend API gives one. The request needs the ids of the owners beside its own. */
export interface ProofByRequest extends OwnerPaths {
  request(
    id: string,
    owners: Owners,
  ): { readonly path: string; readonly query?: Readonly<Record<string, string | number>> }
  /**
   * `not_found`: its own 404. `left_out`: a list of its owner's, read whole, that lacks it. `replaced`: its owner has one at
   * a time, and now has none, or another.
   */
  readonly absent: 'not_found' | 'left_out' | 'replaced'
}

/** There is no request for one: the list of all, read whole, lacks it. */
export interface ProofByList extends OwnerPaths {
  readonly absent: 'unlisted'
  /** The list has not all that there are: of what no read has met, only the absence of its owner says that it is gone. */
  readonly isPartial?: true
}

export type OwnerName = 'organization' | 'user'
export type Owners = { readonly [Owner in OwnerName]?: string }

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
  List extends EntityList | null = EntityList | null,
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
  /** The path to when it began, where the Backend API leaves out `updated_at`. */
  readonly begins?: readonly string[]
  /** Null where the Backend API has no way to all of them. */
  readonly list: List
  /** Null where no read proves an absence: then none deletes a row. */
  readonly proof: EntityProof | null
  /** What the Backend API gives, in the shape of an event's: left out where they are the same. */
  fromApi?(json: object, owners: Owners): object
}

/** Infers the types of a definition from its values. */
export function defineEntity<
  const Name extends string,
  const Table extends string,
  const DeleteCarries extends 'id' | 'snapshot' | 'nothing',
  Json extends Snapshot,
  Fields extends object,
  List extends EntityList | null,
>(
  definition: EntityDefinition<Name, Table, DeleteCarries, Json, Fields, List>,
): EntityDefinition<Name, Table, DeleteCarries, Json, Fields, List> {
  return definition
}
