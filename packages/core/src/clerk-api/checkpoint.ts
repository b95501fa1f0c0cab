import { ClerkSyncError } from '../errors.ts'
import { fnv1a } from '../port/fnv1a.ts'
import { prop } from '../port/prop.ts'
import type { CheckpointStore, CountsByEntity, ListedEntity } from './types.ts'
import type { Position } from './walk.ts'

/** Where a backfill goes on after it was killed. Plain JSON. */
export interface Checkpoint {
  readonly format: 1
  /** Of what the positions depend on: with other entities, another link, or on another instance, they mean nothing. */
  readonly options: string
  /** When the run began, in ms since 1970. */
  readonly startedAt: number
  readonly entity: ListedEntity
  readonly position: Position
  /** The ids of those that were refused and are to be tried again. */
  readonly unwritten: readonly string[]
  readonly counts: CountsByEntity
  /** Of the entities before: those whose lists were not read whole. */
  readonly incomplete?: readonly ListedEntity[]
}

export function optionsHash(...parts: readonly string[]): string {
  return fnv1a(parts.join('\n')).toString(16)
}

/**
 * @throws ClerkSyncError `config_invalid` for a checkpoint of another run: to go on from it would leave rows out.
 */
export async function loadCheckpoint(
  store: CheckpointStore | undefined,
  options: string,
): Promise<Checkpoint | undefined> {
  if (!store) return undefined
  if (typeof prop(store, 'load') !== 'function' || typeof prop(store, 'save') !== 'function') {
    throw new ClerkSyncError(
      'config_invalid',
      'backfill: checkpoint must have load() and save(checkpoint), which read and write JSON: a file, a row, a key.',
    )
  }
  const loaded: unknown = await store.load()
  if (loaded === undefined || loaded === null) return undefined
  if (prop(loaded, 'format') === 1 && prop(loaded, 'options') === options) return loaded as Checkpoint
  throw new ClerkSyncError(
    'config_invalid',
    'backfill: the checkpoint is of a run with other options: other entities, another link, or another instance. Remove it ' +
      'to start from the beginning, which does no harm, or run with the options that it was made with.',
  )
}
