import { type Entity, entities } from './all-entities.ts'
import type { EventEffect } from './define-entity.ts'

/** What each event type does to which entity. A Map, so that a type named `constructor` finds nothing. */
const effects: ReadonlyMap<string, { entity: Entity; effect: EventEffect }> = new Map(
  Object.values(entities).flatMap(({ name, events }) =>
    Object.entries(events).map(([type, effect]): [string, { entity: Entity; effect: EventEffect }] => [
      type,
      { entity: name, effect },
    ]),
  ),
)

/** Whose row an event of this type writes, and how; undefined where it writes none. */
export function effectOf(type: string): { readonly entity: Entity; readonly effect: EventEffect } | undefined {
  return effects.get(type)
}
