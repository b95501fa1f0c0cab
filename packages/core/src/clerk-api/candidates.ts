import type { Owners, Snapshot } from '../entities/define-entity.ts'
import type { Scanned } from '../port/sync-adapter.ts'
import { isOfRead } from '../port/version.ts'
import type { ClerkTime } from './clerk-time.ts'
import { isOwnRow, listOf, proofOf } from './listed-entities.ts'
import { type OwnersOf, ownersOf } from './owner-columns.ts'
import { readList } from './pages.ts'
import type { Run } from './run.ts'
import type { SeenIds } from './seen-ids.ts'
import type { ListedEntity } from './types.ts'

const ROWS = 500
const IDS_PER_REQUEST = 100

/** A live row that no list had. It is deleted only when its absence is proven, twice. */
export interface Candidate {
  readonly entity: ListedEntity
  readonly id: string
  /** The version seen: the delete is a compare-and-set on it. */
  readonly version: string
  readonly owners: Owners | undefined
  /** Whether it may never have been listed: it is gone only if an owner of it is. */
  readonly onlyOrphaned: boolean
}

export interface Compared {
  readonly candidates: readonly Candidate[]
  /** How many rows are no tombstones. */
  readonly live: number
}

/** What a list left out, and Clerk has all the same: the list drifted, or the row is new. */
type OnFound = (snapshots: readonly Snapshot[], time: ClerkTime) => Promise<void>

/** Scans the application's table for live rows that Clerk did not list, those that no event has reached as well. */
export async function findCandidates(
  run: Run,
  entity: ListedEntity,
  seen: SeenIds,
  onFound: OnFound,
): Promise<Compared> {
  const { mappings } = run.access
  const { byIds } = listOf(entity)
  const owners = ownersOf(entity, mappings.of(entity))
  const candidates: Candidate[] = []
  let live = 0
  let done = 0
  for (let after: string | undefined; ; ) {
    const rows = await run.scan(entity, { after, limit: ROWS })
    const alive = rows.filter((row) => !row.deleted && isOwnRow(entity, row))
    const unlisted = alive.filter(({ key }) => !seen.has(key))
    live += alive.length
    done += rows.length
    const keys = unlisted.map(({ key }) => key)
    const left = byIds ? await leftOut(run, entity, keys, onFound) : new Set(keys)
    const absent = unlisted.filter(({ key }) => left.has(key)).map((row) => candidateOf(entity, row, owners))
    candidates.push(...(await provable(run, absent)))
    run.progress.tell('scan', entity, done, null)
    after = rows.at(-1)?.key
    if (after === undefined) break
  }
  run.progress.tell('scan', entity, done, done)
  return { candidates, live }
}

/** Asks for a hundred ids at a time, and gives those that Clerk leaves out. */
async function leftOut(
  run: Run,
  entity: ListedEntity,
  ids: readonly string[],
  onFound?: OnFound,
): Promise<ReadonlySet<string>> {
  const { path, byIds = '' } = listOf(entity)
  const left = new Set(ids)
  for (let start = 0; start < ids.length; start += IDS_PER_REQUEST) {
    const some = ids.slice(start, start + IDS_PER_REQUEST)
    const { items, time } = await readList(run.api, path, { limit: IDS_PER_REQUEST, [byIds]: some })
    const found = items.filter(({ id }) => left.delete(id))
    if (found.length > 0) await onFound?.(found, time)
  }
  return left
}

/** Without those that may never have been listed, and whose owners Clerk has. */
async function provable(run: Run, candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
  const unsure = candidates.filter(({ onlyOrphaned }) => onlyOrphaned)
  const gone = new Set<string>()
  for (const owner of ['user', 'organization'] as const) {
    const ids = new Set(unsure.flatMap(({ owners }) => owners?.[owner] ?? []))
    for (const id of await leftOut(run, owner, [...ids])) gone.add(id)
  }
  const isOrphan = ({ owners = {} }: Candidate) => Object.values(owners).some((id) => gone.has(id))
  return candidates.filter((one) => !one.onlyOrphaned || isOrphan(one))
}

function candidateOf(entity: ListedEntity, { key, version, row }: Scanned, owners: OwnersOf): Candidate {
  const proof = proofOf(entity)
  const onlyOrphaned = proof?.absent === 'unlisted' && proof.isPartial === true && !isOfRead(version)
  return { entity, id: key, version, owners: owners(row ?? {}), onlyOrphaned }
}
