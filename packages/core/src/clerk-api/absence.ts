import type { Owners, ProofByRequest, Snapshot } from '../entities/define-entity.ts'
import { broken } from './api-errors.ts'
import type { ClerkApi, Query } from './clerk-api.ts'
import type { ClerkTime } from './clerk-time.ts'
import { fromApi, isOwnId, proofOf } from './listed-entities.ts'
import { isNotFound, listedOf, objectOf } from './pages.ts'
import type { ListedEntity } from './types.ts'
import type { EntityWalk } from './walk.ts'
import { walkOf } from './walk-entity.ts'

const PAGE = 100

/** What Clerk says of one id. `listed`: it is in the list of all, whose entries are not kept. */
export type Proof =
  | { readonly is: 'there'; readonly snapshot: Snapshot; readonly time: ClerkTime }
  | { readonly is: 'listed' }
  | { readonly is: 'absent'; readonly orphaned: boolean; readonly time: ClerkTime }

/** Asks Clerk for one id at a time, in the way that proves its absence. */
export class Absence {
  readonly #owners = new Map<string, Promise<boolean>>()
  readonly #walks = new Map<ListedEntity, Promise<{ readonly walk: EntityWalk; readonly time: ClerkTime }>>()

  constructor(private readonly api: ClerkApi) {}

  /**
   * @param owners - undefined where they are not known: then all of the list is read, once for all who ask
   * @returns undefined where nothing is proven: a list that drifted too much to be read whole
   * @throws ClerkSyncError `clerk_unavailable` for an answer that proves nothing, after retries.
   */
  async of(entity: ListedEntity, id: string, owners: Owners | undefined): Promise<Proof | undefined> {
    const proof = proofOf(entity)
    if (!proof) return undefined
    if (!owners || proof.absent === 'unlisted') return this.#inWalk(entity, id, owners)
    const { path, query } = proof.request(encodeURIComponent(id), encoded(owners))
    if (proof.absent === 'left_out') return this.#inListOf(entity, id, owners, path, query)
    return this.#byItself(entity, id, owners, proof, path)
  }

  async #byItself(
    entity: ListedEntity,
    id: string,
    owners: Owners,
    { absent }: ProofByRequest,
    path: string,
  ): Promise<Proof> {
    const answer = await this.api.get(path)
    const { time } = answer
    const found = isNotFound(answer) ? undefined : objectOf(path, answer)
    if (found?.id === id) return { is: 'there', snapshot: fromApi(entity, found, owners), time }
    const isAnother = found && absent === 'replaced' && isOwnId(entity, found.id)
    if (found && !isAnother) throw broken(path, 'it has another id than was asked for')
    return { is: 'absent', orphaned: await this.#isOrphan(owners), time }
  }

  async #inListOf(
    entity: ListedEntity,
    id: string,
    owners: Owners,
    path: string,
    query?: Query,
  ): Promise<Proof | undefined> {
    for (let offset = 0; ; ) {
      const answer = await this.api.get(path, { ...query, limit: PAGE, offset })
      // Without its owner there is no list.
      if (isNotFound(answer)) {
        return (await this.#isOrphan(owners)) ? { is: 'absent', orphaned: true, time: answer.time } : undefined
      }
      const { items, time } = listedOf(path, answer)
      const snapshot = items.find((item) => item.id === id)
      if (snapshot) return { is: 'there', snapshot: fromApi(entity, snapshot, owners), time }
      if (items.length === 0) return { is: 'absent', orphaned: await this.#isOrphan(owners), time }
      offset += items.length
    }
  }

  /** Forgets what was asked: from here on, all is asked again. */
  again(): void {
    this.#owners.clear()
    this.#walks.clear()
  }

  /** Whether an owner of it is gone. */
  async #isOrphan({ organization, user }: Owners): Promise<boolean> {
    // One after the other: of two that were refused together, both would be answered 429.
    return (
      (organization !== undefined && (await this.#isGone(`/organizations/${encodeURIComponent(organization)}`))) ||
      (user !== undefined && (await this.#isGone(`/users/${encodeURIComponent(user)}`)))
    )
  }

  #isGone(path: string): Promise<boolean> {
    const asked = this.#owners.get(path) ?? this.api.get(path).then(isNotFound)
    this.#owners.set(path, asked)
    return asked
  }

  async #inWalk(entity: ListedEntity, id: string, owners: Owners = {}): Promise<Proof | undefined> {
    const reading = this.#walks.get(entity) ?? this.#readWhole(entity)
    this.#walks.set(entity, reading)
    const { walk, time } = await reading
    if (walk.seen.has(id)) return { is: 'listed' }
    return walk.complete ? { is: 'absent', orphaned: await this.#isOrphan(owners), time } : undefined
  }

  async #readWhole(entity: ListedEntity) {
    const walk = walkOf(this.api, entity)
    let time: ClerkTime | undefined
    for await (const page of walk.pages()) time ??= page.time
    return { walk, time: time ?? (await this.api.get('/instance')).time }
  }
}

function encoded(owners: Owners): Owners {
  return Object.fromEntries(Object.entries(owners).map(([owner, id]) => [owner, encodeURIComponent(id)]))
}
