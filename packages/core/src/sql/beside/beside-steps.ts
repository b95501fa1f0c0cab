import type { ClerkSyncError } from '../../errors.ts'
import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import type { Program } from '../program.ts'
import type { ChangeSteps } from '../table-writer.ts'
import { leavesRow, type Raised } from './beside.ts'
import { takenBeside } from './outcomes.ts'

/** What a change can do beside a table, made for one attempt at it. */
export interface BesidePieces {
  /** Whether the change is tried by itself first, and its version is not locked before. */
  readonly isAlone: boolean
  readonly alone: () => Program<WriteOutcome | 'needs_transaction'>
  readonly raise: () => Program<Raised>
  /** Of a version that was as new. */
  readonly held: () => Program<WriteOutcome>
  /** Of what {@link alone} gives. */
  readonly heldBack: (outcome: WriteOutcome) => Program<WriteOutcome>
  /** Whether a row was written that a tombstone keeps. */
  readonly isKept: () => boolean
  readonly settle: (raised: Raised) => Program<WriteOutcome>
  readonly lost: () => Program<ClerkSyncError | undefined>
}

/** The version is locked before the row is read or removed; the row is removed after the hook. */
export function besideSteps(change: Change, pieces: BesidePieces): ChangeSteps {
  const { isAlone, alone, raise, held, heldBack, isKept, settle, lost } = pieces
  let raised: Raised = 'held'
  let taken = false
  function* write(): Program<WriteOutcome> {
    if (isAlone) {
      const outcome = yield* alone()
      if (outcome !== 'needs_transaction') return yield* heldBack(outcome)
      raised = yield* raise()
    }
    if (raised === 'held') return yield* held()
    return leavesRow(change) ? yield* settle(raised) : takenBeside(change, false)
  }
  return {
    *lock() {
      if (!isAlone) raised = yield* raise()
    },
    *write() {
      const outcome = yield* write()
      taken = outcome === 'created' || outcome === 'updated' || outcome === 'deleted'
      return outcome
    },
    *finish() {
      if (raised !== 'held' && !leavesRow(change)) yield* settle(raised)
    },
    // What was held wrote nothing that could be lost: its row may be the application's to delete since.
    *lost() {
      return taken || isKept() ? yield* lost() : undefined
    },
  }
}
