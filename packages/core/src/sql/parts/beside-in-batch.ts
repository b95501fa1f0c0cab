import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import { type AroundRow, type BesideStatements, leavesRow, lookedAt } from '../beside/beside.ts'
import { heldBeside, lostBeside } from '../beside/outcomes.ts'
import type { Program } from '../program.ts'
import type { Condition, OwnerBatches, PartsAroundRow } from './owner-batches.ts'

/** How a change with parts is written to a row whose version is beside it. */
export interface BesideInBatch {
  /** What goes into the batch of the row and its version. */
  readonly around: AroundRow
  /** That batch, with its checks. */
  readonly writing: BesideWriting
}

type BesideWriting = <T>(program: Program<T>) => Program<T | WriteOutcome>

export function besideInBatch(
  parts: OwnerBatches,
  { proofs }: PartsAroundRow,
  statements: BesideStatements,
  change: Change,
): BesideWriting {
  const { key, expected } = change

  const isOfVersion = (comparison: string): Condition => {
    return (draft) => {
      const { versions } = statements
      const version = draft.parameter(versions.encode('version', change.version))
      const isOf = `${statements.version('version')} ${comparison} ${version}`
      return `exists (select 1 from ${versions.quoted} where ${isOf} and ${statements.ownVersion(draft, key)})`
    }
  }

  const lost: Condition = (draft) => {
    const isMissing = leavesRow(change) ? 'not exists' : 'exists'
    return `not ${isOfVersion('=')(draft)} or ${isMissing} (${statements.rowOf(draft, key)})`
  }

  return function* writing(program) {
    try {
      // What is around the row has its place in its batch. Compare-and-set has lowered the version by then, or has failed.
      return yield* parts.around(program, { held: isOfVersion('>='), lost }, { after: [], proofs })
    } catch (error) {
      if (!parts.isOwner(error, change)) throw error
      // Compare-and-set looks by itself whether the version is another than the one that is expected.
      if (expected !== undefined) throw lostBeside(statements, change, { isThere: !leavesRow(change) }, error)
      const found = yield* lookedAt(statements, key)
      const outcome = heldBeside(change, found)
      if (outcome === undefined) throw lostBeside(statements, change, found, error)
      return outcome
    }
  }
}
