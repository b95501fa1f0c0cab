import { definitionOf, entities } from './entities/all-entities.ts'
import { ClerkSyncError } from './errors.ts'
import { nearest } from './port/check-options.ts'
import type { DeleteMode, Entity, SyncAdapter } from './port/sync-adapter.ts'

/**
 * What deletes do, per entity.
 *
 * @throws ClerkSyncError `config_invalid` for a mode that is none, and for an entity that has no table or no deletes.
 */
export function modesOf({ name, tables }: SyncAdapter, onDelete: unknown = 'erase'): (entity: Entity) => DeleteMode {
  if (typeof onDelete !== 'object' || onDelete === null) {
    const mode = checkedMode('onDelete', onDelete)
    return () => mode
  }
  const deletable = Object.keys(tables).filter((entity) => definitionOf(entity as Entity).deleteCarries !== 'nothing')
  const modes = new Map<string, DeleteMode>()
  for (const [entity, mode] of Object.entries(onDelete)) {
    if (!deletable.includes(entity)) throw invalid(`onDelete.${entity}: ${whyNot(name, entity, deletable)}`)
    if (mode !== undefined) modes.set(entity, checkedMode(`onDelete.${entity}`, mode))
  }
  return (entity) => modes.get(entity) ?? 'erase'
}

function checkedMode(option: string, mode: unknown): DeleteMode {
  if (mode === 'erase' || mode === 'keep') return mode
  throw invalid(`${option} is 'erase' (default) or 'keep'; ${JSON.stringify(mode)} is neither.`)
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
