import { definitionOf, entities } from './entities/all-entities.ts'
import { ClerkSyncError } from './errors.ts'
import { nearest } from './port/check-options.ts'
import type { DeleteMode, Entity, SyncAdapter } from './port/sync-adapter.ts'

/**
 * What deletes do, per entity.
 *
 * @throws ClerkSyncError `config_invalid` for a mode that is none, for one that its table cannot have, and for an entity
 * that has no table or no deletes.
 */
export function modesOf({ name, tables }: SyncAdapter, onDelete?: unknown): (entity: Entity) => DeleteMode {
  const deletable = Object.keys(tables).filter((entity) => definitionOf(entity as Entity).deleteCarries !== 'nothing')
  const byDefault = (entity: Entity): DeleteMode => (isBeside(entity) ? 'remove' : 'erase')
  const isBeside = (entity: Entity) => tables[entity]?.versions === 'beside'
  const checkedFor = (option: string, mode: unknown, entity: Entity): DeleteMode => {
    const checked = checkedMode(option, mode)
    if (checked !== 'remove' || isBeside(entity)) return checked
    throw invalid(cannotRemove(option, tables[entity]?.name ?? entity))
  }
  if (onDelete === undefined) return byDefault
  if (typeof onDelete !== 'object' || onDelete === null) {
    const mode = checkedMode('onDelete', onDelete)
    for (const entity of deletable) checkedFor('onDelete', mode, entity as Entity)
    return () => mode
  }
  const modes = new Map<string, DeleteMode>()
  for (const [entity, mode] of Object.entries(onDelete)) {
    if (!deletable.includes(entity)) throw invalid(`onDelete.${entity}: ${whyNot(name, entity, deletable)}`)
    if (mode !== undefined) modes.set(entity, checkedFor(`onDelete.${entity}`, mode, entity as Entity))
  }
  return (entity) => modes.get(entity) ?? byDefault(entity)
}

function checkedMode(option: string, mode: unknown): DeleteMode {
  if (mode === 'erase' || mode === 'keep' || mode === 'remove') return mode
  throw invalid(
    `${option} is 'erase' (default), 'keep', or 'remove' where the versions are beside the table; ` +
      `${JSON.stringify(mode)} is none of them.`,
  )
}

function cannotRemove(option: string, table: string): string {
  return (
    `${option} is 'remove', and ${table} has its versions in its own rows: a removed row would take its version with ` +
    'it, and a late event would bring it back. Give the adapter a table `versions`, and leave the sync columns out of ' +
    `${table}; or choose 'erase' or 'keep'.`
  )
}

function whyNot(adapter: string, entity: string, deletable: readonly string[]): string {
  if (!Object.hasOwn(entities, entity)) {
    const meant = nearest(entity, Object.keys(entities))
    return `there is no such entity${meant ? `: did you mean "${meant}"?` : `. It could be: ${deletable.join(', ') || 'none'}.`}`
  }
  if (definitionOf(entity as Entity).deleteCarries === 'nothing') return `Clerk sends no deletes of ${entity}.`
  return `${adapter} was given no table for ${entity}.`
}

function invalid(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}
