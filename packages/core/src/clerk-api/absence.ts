import type { Owners, Snapshot } from '../entities/define-entity.ts'
import { prop } from '../port/prop.ts'
import { broken } from './api-errors.ts'
import type { Answer, ClerkApi } from './clerk-api.ts'
import type { ClerkTime } from './clerk-time.ts'
import { listOf, proofOf } from './listed-entities.ts'
import { listedOf } from './pages.ts'
import type { ListedEntity } from './types.ts'
import { Walk } from './walk.ts'

const PAGE = 100

/** What Clerk says of one id. */
export type Proof =
  | { readonly is: 'there'; readonly snapshot: Snapshot; readonly time: ClerkTime }
  | { readonly is: 'absent'; readonly orphaned: boolean; readonly time: ClerkTime }

/** Asks Clerk for one id at a time, in the way that proves its absence. */
export class Absence {
  readonly #owners = new Map<string, Promise<boolean>>()
  readonly #walks = new Map<ListedEntity, Promise<{ readonly walk: Walk; readonly time: ClerkTime }>>()

  constructor(private readonly api: ClerkApi) {}

  /**
   * @param owners - undefined where they are not known: then all of the list is read, once for all who ask
   * @returns undefined where nothing is proven: a list that drifted too much to be read whole
   * @throws ClerkSyncError `clerk_unavailable` for an answer that proves nothing, after retries.
   */
  async of(entity: ListedEntity, id: string, owners: Owners | undefined): Promise<Proof | undefined> {
    if (!owners) return this.#inWalk(entity, id)
    const { request, absent } = proofOf(entity)
    const { path, query } = request(encodeURIComponent(id), encoded(owners))
    if (absent === 'not_found') {
      const answer = await this.api.get(path, query)
      if (isNotFound(answer)) return { is: 'absent', orphaned: await this.#isOrphan(owners), time: answer.time }
      if (answer.status !== 200 || prop(answer.body, 'id') !== id) throw broken(path, `status ${answer.status}`)
      return { is: 'there', snapshot: answer.body as Snapshot, time: answer.time }
    }
    for (let offset = 0; ; ) {
      const answer = await this.api.get(path, { ...query, limit: PAGE, offset })
      // Without its owner there is no list.
      if (isNotFound(answer)) {
        return (await this.#isOrphan(owners)) ? { is: 'absent', orphaned: true, time: answer.time } : undefined
      }
      const { items, time } = listedOf(path, answer)
      const snapshot = items.find((item) => item.id === id)
      if (snapshot) return { is: 'there', snapshot, time }
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

  async #inWalk(entity: ListedEntity, id: string): Promise<Proof | undefined> {
    const reading = this.#walks.get(entity) ?? this.#readWhole(entity)
    this.#walks.set(entity, reading)
    const { walk, time } = await reading
    return walk.complete && !walk.seen.has(id) ? { is: 'absent', orphaned: false, time } : undefined
  }

  async #readWhole(entity: ListedEntity) {
    const walk = new Walk(this.api, listOf(entity))
    let time: ClerkTime | undefined
    for await (const page of walk.pages()) time ??= page.time
    return { walk, time: time ?? (await this.api.get('/instance')).time }
  }
}

/** A 404 of Clerk's own: a proxy's has no such code. */
export function isNotFound({ status, errorCode }: Answer): boolean {
  return status === 404 && errorCode === 'resource_not_found'
}

function encoded(owners: Owners): Owners {
  return Object.fromEntries(Object.entries(owners).map(([owner, id]) => [owner, encodeURIComponent(id)]))
}
