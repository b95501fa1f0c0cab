import type { Owners, Snapshot } from '../entities/define-entity.ts'
import type { Scanned } from '../port/sync-adapter.ts'
import type { ClerkTime } from './clerk-time.ts'
import { isOwnId, listOf } from './listed-entities.ts'
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
    const alive = rows.filter(({ key, deleted }) => !deleted && isOwnId(entity, key))
    const unlisted = alive.filter(({ key }) => !seen.has(key))
    live += alive.length
    done += rows.length
    const left = byIds ? await leftOut(run, entity, byIds, unlisted, onFound) : unlisted
    candidates.push(...left.map((row) => candidateOf(entity, row, owners)))
    run.progress.tell('scan', entity, done, null)
    after = rows.at(-1)?.key
    if (after === undefined) break
  }
  run.progress.tell('scan', entity, done, done)
  return { candidates, live }
}

/** Of those that a walk did not meet, a hundred at a time: which ones Clerk leaves out when it is asked for them. */
async function leftOut(
  run: Run,
  entity: ListedEntity,
  parameter: string,
  rows: readonly Scanned[],
  onFound: OnFound,
): Promise<readonly Scanned[]> {
  const left: Scanned[] = []
  for (let start = 0; start < rows.length; start += IDS_PER_REQUEST) {
    const some = rows.slice(start, start + IDS_PER_REQUEST)
    const { items, time } = await readList(run.api, listOf(entity).path, {
      limit: IDS_PER_REQUEST,
      [parameter]: some.map(({ key }) => key),
    })
    const asked = new Set(some.map(({ key }) => key))
    const found = items.filter(({ id }) => asked.has(id))
    if (found.length > 0) await onFound(found, time)
    const there = new Set(found.map(({ id }) => id))
    left.push(...some.filter(({ key }) => !there.has(key)))
  }
  return left
}

function candidateOf(entity: ListedEntity, { key, version, row }: Scanned, owners: OwnersOf): Candidate {
  return { entity, id: key, version, owners: owners(row ?? {}) }
}
