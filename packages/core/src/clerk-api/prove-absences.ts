import type { Owners } from '../entities/define-entity.ts'
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
  readonly owners: Owners
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
    if (proof?.is === 'absent') absent.push({ candidate, proof })
    if (proof?.is === 'there') await onFound(candidate, proof)
  }
  return absent
}

/** Whatever lists nothing, or not all, lacks what is known to be listed too. The lists were read already. */
async function demandListed(
  absence: Absence,
  absent: readonly { readonly candidate: Candidate }[],
  alive: readonly KnownAlive[],
): Promise<void> {
  for (const entity of new Set(absent.map(({ candidate }) => candidate.entity))) {
    const known = proofOf(entity)?.absent === 'unlisted' ? alive.filter((one) => one.entity === entity) : []
    const proofs = known.map(({ id, owners }) => absence.of(entity, id, owners))
    if (known.length > 0 && !(await Promise.all(proofs)).some(isThere)) throw unbelievable(listOf(entity).path)
  }
}

/** Whatever answers 404 to everything does so here too. */
async function demandAlive({ api }: Run, alive: readonly KnownAlive[]): Promise<void> {
  const asked = new Absence(api)
  for (const { entity, id, owners } of alive) if (isThere(await asked.of(entity, id, owners))) return
  if (alive.length > 0) throw unbelievable('/users')
  throw unavailable('/users', { reason: 'listed nothing at all that is known to be there' }, 1)
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

/** The newer of the two times in a version; 0 where no event has reached the row. */
export function newestTime(version: string): number {
  return version.length === 33 ? Math.max(Number(version.slice(0, 13)), Number(version.slice(13, 26))) : 0
}

function futureVersion({ id }: Candidate): Error {
  return new Error(`${id} is not in Clerk, and the version of its row lies in the future: it is left alone.`)
}
