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
    const table = tables[entity]?.name ?? entity
    const modes = tables[entity]?.modes ?? MODES[isBeside(entity) ? 'beside' : 'row']
    if (modes.includes(checked)) return checked
    throw invalid(checked === 'remove' ? cannotRemove(option, table) : cannot(option, checked, table, name, modes))
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

/** What deletes can do, by where a table's versions are. */
const MODES: Readonly<Record<'row' | 'beside', readonly DeleteMode[]>> = {
  row: ['erase', 'keep'],
  beside: ['remove', 'erase', 'keep'],
}

function cannotRemove(option: string, table: string): string {
  return (
    `${option} is 'remove', and ${table} has its versions in its own rows: a removed row would take its version with ` +
    'it, and a late event would bring it back. Give the adapter a table `versions`, and leave the sync columns out of ' +
    `${table}; or choose 'erase' or 'keep'.`
  )
}

function cannot(option: string, mode: DeleteMode, table: string, adapter: string, modes: readonly string[]): string {
  const could = modes.map((one) => `'${one}'`).join(' or ')
  return `${option} is '${mode}', which ${adapter} cannot do with ${table}. Leave it out, or choose ${could}.`
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
