import { definitionOf } from '../entities/all-entities.ts'
import type { EntityDefinition } from '../entities/define-entity.ts'
import type { Mapping } from '../mapping/resolve-mapping.ts'
import { discoveredDelete } from '../port/discovered.ts'
import type { Values } from '../port/sync-adapter.ts'
import { newestTime } from '../port/version.ts'
import { type Candidate, findCandidates } from './candidates.ts'
import type { DriftWriter } from './drift-writer.ts'
import type { ForwardWalk } from './forward-walk.ts'
import { proofOf } from './listed-entities.ts'
import { isByList, type Proven, proveAbsences } from './prove-absences.ts'
import type { Run } from './run.ts'
import { sameValue } from './same-value.ts'
import type { Drift, ListedEntity, ReconcileOptions, ReconcileResult } from './types.ts'

/** So many may go in any case, and then a twentieth. */
const FEW_DELETES = 10
const SHARE_OF_DELETES = 0.05

interface RemoveOptions {
  readonly settleMs: number
  readonly graceMs: number
  readonly maxDeletes: ReconcileOptions['maxDeletes']
}

/** From the tables to Clerk: deletes what Clerk does not have. Members last, so that their owners are known to be gone. */
export async function removeAbsent(
  run: Run,
  forward: ForwardWalk,
  writer: DriftWriter,
  options: RemoveOptions,
): Promise<ReconcileResult['tooManyDeletes']> {
  const candidates: Candidate[] = []
  const tooMany: { entity: ListedEntity; found: number; allowed: number }[] = []
  const allowed = new Map<ListedEntity, number>()
  for (const entity of run.entities) {
    const walk = forward.seenOf(entity)
    // A list that was not read whole proves nothing, and of what is never deleted, nothing needs proof.
    if (!walk.complete || !proofOf(entity)) continue
    const found = await findCandidates(run, entity, walk.seen, (items, time) => forward.compare(entity, items, time))
    const share = Math.floor(found.live * SHARE_OF_DELETES)
    // A list that shows nothing at all may be broken, and nothing else says so.
    const isSilent = walk.seen.size === 0 && found.candidates.some(isByList)
    const most = options.maxDeletes ?? (isSilent ? 0 : Math.max(FEW_DELETES, share))
    // What has no owner is no orphan: nothing needs to be proven where it is too much in any case.
    const hasOwner = ({ owners = {} }: Candidate) => Object.keys(owners).length > 0
    const isTooMany = found.candidates.length > most && !found.candidates.some(hasOwner)
    if (isTooMany) tooMany.push({ entity, found: found.candidates.length, allowed: most })
    else candidates.push(...found.candidates)
    allowed.set(entity, most)
  }
  const proven = await proveAbsences(run, candidates, forward.alive, options.settleMs, ({ entity }, proof) =>
    forward.compare(entity, [proof.snapshot], proof.time),
  )
  // What refers to others first: a foreign key may forbid that its owner goes.
  for (const [entity, most] of [...allowed].reverse()) {
    const own = proven.filter(({ candidate }) => candidate.entity === entity)
    const found = own.filter(({ orphaned }) => !orphaned).length
    const isTooMany = found > most
    if (isTooMany) tooMany.push({ entity, found, allowed: most })
    const due = isTooMany ? own.filter(({ orphaned }) => orphaned) : own
    const mendings = due.map((one) => {
      return { drift: driftOf(one, options.graceMs), change: deleteOf(run, one), seen: one.candidate.version }
    })
    await writer.mend(mendings)
  }
  return tooMany
}

function deleteOf(run: Run, { candidate, first }: Proven) {
  const { entity, id, version } = candidate
  const mapping = run.access.mappings.of(entity)
  const values = discoveredValues(entity, id, mapping)
  const { versions } = run.access.adapter.tables[entity] ?? {}
  return discoveredDelete({
    mode: mapping.mode,
    entity,
    key: id,
    values,
    seen: version,
    at: first.time.latest,
    versions,
  })
}

/**
 * What the delete writes. Where an event carries the whole object, what takes no NULL keeps what it carries: a read carries
 * nothing, and the row keeps what it has.
 */
function discoveredValues(entity: ListedEntity, id: string, mapping: Mapping): Values {
  const { samples, deleteCarries }: EntityDefinition = definitionOf(entity)
  const sample = { ...samples.full, id }
  const deleted = mapping.deletedValues(sample)
  if (deleteCarries === 'id' || mapping.mode === 'remove') return deleted
  const carried = mapping.values(sample)
  const isCarried = ([column, value]: [string, unknown]) => value !== null && sameValue(carried[column], value)
  return Object.fromEntries(Object.entries(deleted).filter((entry) => !isCarried(entry)))
}

function driftOf({ candidate, first, orphaned }: Proven, graceMs: number): Drift {
  const { entity, id, version } = candidate
  const ageMs = Math.max(0, first.time.latest - newestTime(version))
  return { kind: orphaned ? 'orphaned' : 'undeleted', entity, id, ageMs, pending: ageMs < graceMs }
}
