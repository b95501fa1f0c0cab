import { ENTITY_OF, type Entity, entities, type TableName } from '../entities/all-entities.ts'
import { ClerkSyncError } from '../errors.ts'
import { nearest } from './check-options.ts'

/** The entity whose rows a table of this name holds: `user` for `users`. */
export type EntityOf<Table> = Table extends TableName ? (typeof ENTITY_OF)[Table] : never

/**
 * What an adapter is given: a table for each entity to sync, under its plural name; the events of those that are left out
 * are ignored. `events` is the ledger, which hooks need.
 */
export type GivenTables<Table, Events> = { readonly [Name in TableName]?: Table } & { readonly events?: Events }

/**
 * The tables to sync, out of what an adapter was given.
 *
 * @throws ClerkSyncError `config_invalid` for a name that is none: a misspelt table would be left out in silence.
 */
export function givenTables<Table>(
  adapter: string,
  given: Readonly<Record<string, Table | undefined>>,
): readonly (readonly [Entity, Table])[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ClerkSyncError('config_invalid', `${adapter} takes an object of tables: { users: … }.`)
  }
  return Object.entries(given).flatMap(([name, table]): [Entity, Table][] => {
    if (name === 'events' || table === undefined) return []
    if (isTableName(name)) return [[ENTITY_OF[name], table]]
    const known = [...Object.keys(ENTITY_OF), 'events']
    const meant = Object.hasOwn(entities, name) ? tableNameOf(name as Entity) : nearest(name, known)
    throw new ClerkSyncError(
      'config_invalid',
      `${adapter} knows no table "${name}": ${meant ? `did you mean "${meant}"?` : `pass ${known.join(', ')}.`}`,
    )
  })
}

/** The name of the table that holds an entity's rows: `users` for `user`. */
export function tableNameOf<E extends Entity>(entity: E): TableName<E> {
  return entities[entity].table
}

function isTableName(name: string): name is TableName {
  return Object.hasOwn(ENTITY_OF, name)
}
