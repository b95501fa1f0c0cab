import type { EntityDefinition } from './define-entity.ts'
import { organization } from './organization.ts'
import { organizationDomain } from './organization-domain.ts'
import { organizationInvitation } from './organization-invitation.ts'
import { organizationMembership } from './organization-membership.ts'
import { paymentAttempt } from './payment-attempt.ts'
import { permission } from './permission.ts'
import { role } from './role.ts'
import { session } from './session.ts'
import { subscription } from './subscription.ts'
import { subscriptionItem } from './subscription-item.ts'
import { user } from './user.ts'
import { waitlistEntry } from './waitlist-entry.ts'

/** What Clerk has and a table can hold. Owners first: in this order they are read, so that foreign keys find what they refer to. */
export const entities = {
  user,
  organization,
  organizationMembership,
  organizationInvitation,
  organizationDomain,
  session,
  role,
  permission,
  waitlistEntry,
  subscription,
  subscriptionItem,
  paymentAttempt,
} as const

type Entities = typeof entities

/** One of Clerk's objects, as `map`, `find` and event types name it. */
export type Entity = keyof Entities

/** The option of an adapter that takes an entity's table: `users` for `user`. */
export type TableName<E extends Entity = Entity> = Entities[E]['table']

/** Per entity: what Clerk sends and the record made from it. */
export type EntityTypes = {
  [E in Entity]: Entities[E] extends EntityDefinition<
    string,
    string,
    'id' | 'snapshot' | 'nothing',
    infer Json,
    infer Fields
  >
    ? { json: Json; record: Fields }
    : never
}

/** Entities whose delete event carries the id alone, so that a map has nothing to work on. */
export type BareDelete = { [E in Entity]: Entities[E]['deleteCarries'] extends 'id' ? E : never }[Entity]

/** Entities whose delete event carries the whole object: where no map says otherwise, columns that take no NULL keep their values. */
export type WholeDelete = { [E in Entity]: Entities[E]['deleteCarries'] extends 'snapshot' ? E : never }[Entity]

/** What Clerk has a list of, or another way to all of them. */
export type ListedEntity = { [E in Entity]: Entities[E]['list'] extends null ? never : E }[Entity]

/** What the library knows of an entity. */
export function definitionOf(entity: Entity): EntityDefinition {
  return entities[entity] as EntityDefinition
}

/** Which entity's rows a table of this name holds. */
export const ENTITY_OF = Object.fromEntries(Object.values(entities).map(({ table, name }) => [table, name])) as {
  readonly [E in Entity as TableName<E>]: E
}
