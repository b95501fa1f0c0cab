import type { History, KitEvent } from '../history.ts'
import type { OnDelete } from '../model.ts'

/** What happens to a row until a trigger drops the last of it. */
interface Course {
  readonly onDelete: OnDelete
  /** Whether the row is a tombstone before the last of them. */
  readonly isDeleted?: boolean
  readonly eventsOf: (history: History) => readonly [...earlier: KitEvent[], lost: KitEvent]
}

/** A removal of a row that is not there gives no trigger of its table anything to drop. */
export const removing: Readonly<Record<string, Course>> = {
  'a removal': { onDelete: 'remove', eventsOf: (history) => [history.created({ at: 1 }), history.deleted({ at: 2 })] },
}

/** Beside the table, a delete that keeps the row writes nothing to it. */
export const keeping: Readonly<Record<string, Course>> = {
  'a delete that keeps': {
    onDelete: 'keep',
    eventsOf: (history) => [history.created({ at: 1 }), history.deleted({ at: 2 })],
  },
}

export const courses: Readonly<Record<string, Course>> = {
  'a creation': { onDelete: 'erase', eventsOf: (history) => [history.created({ at: 1 })] },
  'an update': { onDelete: 'erase', eventsOf: (history) => [history.created({ at: 1 }), history.updated({ at: 2 })] },
  'a delete': { onDelete: 'erase', eventsOf: (history) => [history.created({ at: 1 }), history.deleted({ at: 2 })] },
  'a snapshot that a tombstone keeps': {
    onDelete: 'keep',
    isDeleted: true,
    eventsOf: (history) => [history.created({ at: 1 }), history.deleted({ at: 9 }), history.updated({ at: 2 })],
  },
  'a delete of an id never seen': { onDelete: 'erase', eventsOf: (history) => [history.deleted({ at: 2 })] },
  'a delete of an id never seen that keeps': { onDelete: 'keep', eventsOf: (history) => [history.deleted({ at: 2 })] },
}
