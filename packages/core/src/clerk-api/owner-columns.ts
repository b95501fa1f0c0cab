import { definitionOf } from '../entities/all-entities.ts'
import type { EntityDefinition, OwnerName, Owners, Snapshot } from '../entities/define-entity.ts'
import type { Mapping } from '../mapping/resolve-mapping.ts'
import { isOwnId, ownersIn } from './listed-entities.ts'
import type { ListedEntity } from './types.ts'

/** Gives the ids of a row's owners, from its columns; undefined where the map does not store one as it is. */
export type OwnersOf = (row: object) => Owners | undefined

/**
 * In which columns a map puts the ids of an entity's owners: found out with two samples, since a map may call them
 * anything, and leave them out.
 */
export function ownersOf(entity: ListedEntity, mapping: Mapping): OwnersOf {
  const { owners, anyOwner } = ownersIn(entity)
  const { samples }: EntityDefinition = definitionOf(entity)
  const columns = Object.entries(owners).map(([owner, path]): [OwnerName, string | undefined] => {
    const marked = ['1', '2'].map((mark) => {
      const id = `${owner === 'user' ? 'user' : 'org'}_marked${mark}`
      return { id, values: mapping.values(withValue(samples.full, path, id)) }
    })
    const names = Object.keys(marked[0]?.values ?? {})
    return [owner as OwnerName, names.find((name) => marked.every(({ id, values }) => values[name] === id))]
  })
  return (row) => {
    const found = columns.map(([owner, column]) => [owner, column && Reflect.get(row, column)] as const)
    // One column may have the ids of users and of organizations: they say themselves which of the two they are.
    const known = found.filter(([owner, id]) => typeof id === 'string' && isOwnId(owner, id))
    const isEnough = anyOwner ? known.length > 0 : known.length === found.length
    return isEnough ? Object.fromEntries(known) : undefined
  }
}

function withValue(snapshot: Snapshot, [first = '', ...rest]: readonly string[], value: string): Snapshot {
  const inner: unknown = Reflect.get(snapshot, first)
  return { ...snapshot, [first]: rest.length > 0 ? withValue(inner as Snapshot, rest, value) : value }
}
