import type { Owners } from '../entities/define-entity.ts'
import { newestTime } from '../port/version.ts'
import { Absence, type Proof } from './absence.ts'
import { unavailable } from './api-errors.ts'
import type { Candidate } from './candidates.ts'
import type { ClerkTime } from './clerk-time.ts'
import { listOf, proofOf } from './listed-entities.ts'
import type { Run } from './run.ts'
import { sleep } from './sleep.ts'
import type { ListedEntity } from './types.ts'

const TELL_EVERY_MS = 1000

/** An id that was listed in this run. */
export interface KnownAlive {
  readonly entity: ListedEntity
  readonly id: string
  /** Undefined where the table does not say: then it is looked for in the list of all. */
  readonly owners: Owners | undefined
}

export interface Proven {
  readonly candidate: Candidate
  /** Two answers apart by `settleMs` or more: the first of them gives the delete its time. */
  readonly first: Extract<Proof, { is: 'absent' }>
  readonly orphaned: boolean
}

/**
 * The candidates that Clerk does not have: asked twice, each time `settleMs` or more after whatever could have been on its
 * way through a replica, with an id in between that is known to be there.
 *
 * @param onFound - what was a candidate, and is there
 */
export async function proveAbsences(
  run: Run,
  candidates: readonly Candidate[],
  alive: readonly KnownAlive[],
  settleMs: number,
  onFound: (candidate: Candidate, proof: Extract<Proof, { is: 'there' }>) => Promise<void>,
): Promise<readonly Proven[]> {
  if (candidates.length === 0) return []
  const absence = new Absence(run.api)
  const now = await clerksNow(run)
  const due: Candidate[] = []
  for (const candidate of candidates) {
    if (newestTime(candidate.version) <= now.latest + settleMs) due.push(candidate)
    else run.fail(candidate.entity, candidate.id, futureVersion(candidate))
  }
  const youngest = Math.max(0, ...due.map(({ version }) => newestTime(version)))
  await settle(run, candidates, youngest + settleMs - now.earliest)
  const first = await ask(absence, due, onFound)
  if (first.length === 0) return []
  await settle(run, candidates, settleMs)
  await demandAlive(run, alive)
  absence.again()
  const second = await ask(
    absence,
    first.map(({ candidate }) => candidate),
    onFound,
  )
  await demandListed(absence, second, alive)
  const firsts = new Map(first.map((one) => [one.candidate, one.proof]))
  return second.flatMap(({ candidate, proof }) => {
    const before = firsts.get(candidate)
    return before ? [{ candidate, first: before, orphaned: before.orphaned && proof.orphaned }] : []
  })
}

async function ask(
  absence: Absence,
  candidates: readonly Candidate[],
  onFound: (candidate: Candidate, proof: Extract<Proof, { is: 'there' }>) => Promise<void>,
) {
  const absent: { readonly candidate: Candidate; readonly proof: Extract<Proof, { is: 'absent' }> }[] = []
  for (const candidate of candidates) {
    const proof = await absence.of(candidate.entity, candidate.id, candidate.owners)
    if (proof?.is === 'absent' && (proof.orphaned || !candidate.onlyOrphaned)) absent.push({ candidate, proof })
    if (proof?.is === 'there') await onFound(candidate, proof)
  }
  return absent
}

/** Whether only the list of all can say that it is gone. */
export function isByList({ entity, owners }: Pick<Candidate, 'entity' | 'owners'>): boolean {
  return proofOf(entity)?.absent === 'unlisted' || !owners
}

/** Whatever lists nothing, or not all, lacks what is known to be listed too. The lists were read already. */
async function demandListed(
  absence: Absence,
  absent: readonly { readonly candidate: Candidate }[],
  alive: readonly KnownAlive[],
): Promise<void> {
  const byList = absent.filter(({ candidate }) => isByList(candidate))
  for (const entity of new Set(byList.map(({ candidate }) => candidate.entity))) {
    const known = alive.filter((one) => one.entity === entity)
    const proofs = known.map(({ id }) => absence.of(entity, id, undefined))
    if (known.length > 0 && !(await Promise.all(proofs)).some(isThere)) throw unbelievable(listOf(entity).path)
  }
}

/** Whatever answers 404 to everything does so here too. */
async function demandAlive({ api, entities }: Run, alive: readonly KnownAlive[]): Promise<void> {
  const asked = new Absence(api)
  for (const { entity, id, owners } of alive) if (isThere(await asked.of(entity, id, owners))) return
  const [first] = alive
  if (first) throw unbelievable(listOf(first.entity).path)
  throw unavailable(
    entities.map((entity) => listOf(entity).path).join(', '),
    { reason: 'listed nothing at all that is known to be there' },
    1,
  )
}

function unbelievable(path: string): Error {
  return unavailable(path, { reason: 'does not find what it has just listed, and cannot be believed' }, 1)
}

function isThere(proof: Proof | undefined): boolean {
  return proof?.is === 'there' || proof?.is === 'listed'
}

async function clerksNow({ api }: Run): Promise<ClerkTime> {
  return (await api.get('/instance')).time
}

async function settle({ api, progress }: Run, candidates: readonly Candidate[], milliseconds: number): Promise<void> {
  const [first] = candidates
  for (let left = milliseconds; left > 0; left -= TELL_EVERY_MS) {
    if (first) progress.tell('settle', first.entity, Math.max(0, milliseconds - left), milliseconds)
    await sleep(Math.min(left, TELL_EVERY_MS), api.signal)
  }
}

function futureVersion({ id }: Candidate): Error {
  return new Error(`${id} is not in Clerk, and the version of its row lies in the future: it is left alone.`)
}
