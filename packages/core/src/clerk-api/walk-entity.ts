import type { EntityList, EntityRequest, Snapshot } from '../entities/define-entity.ts'
import type { ClerkApi } from './clerk-api.ts'
import { fromApi, listOf } from './listed-entities.ts'
import { isNotFound, listedOf, objectOf } from './pages.ts'
import { SeenIds } from './seen-ids.ts'
import type { ListedEntity } from './types.ts'
import { type EntityWalk, type Page, type Position, Walk } from './walk.ts'

const PAGE = 500
/** How many requests go before what they gave is written. */
const REQUESTS_A_PAGE = 48
/** One after the other would be slower than the limit of requests allows, and all at once be refused together. */
const AT_ONCE = 4

/** All of an entity: its list, or what is asked of each entry of another list. */
export function walkOf(api: ClerkApi, entity: ListedEntity): EntityWalk {
  const list = listOf(entity)
  if (!list.each) return new Walk(api, list, (item) => fromApi(entity, item))
  return new WalkOfEach(api, entity, list, (entry) => list.each?.(entry))
}

/** One request, or a list, for each entry of another list. */
class WalkOfEach implements EntityWalk {
  readonly seen = new SeenIds()
  readonly #entries: Walk
  readonly #asked = new SeenIds()
  /** Whether a list ended before its own count, or an entry did not say what to ask. */
  #isCut = false

  constructor(
    private readonly api: ClerkApi,
    private readonly entity: ListedEntity,
    list: EntityList,
    private readonly each: (entry: Snapshot) => EntityRequest | undefined,
  ) {
    this.#entries = new Walk(api, list)
  }

  get complete(): boolean {
    return this.#entries.complete && !this.#isCut
  }

  async *pages(from: Position = { walk: 0 }): AsyncGenerator<Page> {
    let before = from
    for await (const page of this.#entries.pages(from)) {
      const requests = page.items.map((entry) => this.each(entry))
      this.#isCut ||= requests.includes(undefined)
      const due = requests.flatMap((request) => (request && this.#asked.add(request.path) ? [request] : []))
      for (let start = 0; start < due.length; start += REQUESTS_A_PAGE) {
        const items = await this.#askAll(due.slice(start, start + REQUESTS_A_PAGE))
        // The time of their list, which was asked before: a read that claims to be older loses against more events, and is
        // never taken for newer than it is. A run that is killed here reads the page again.
        yield { ...page, items, next: before }
      }
      yield { ...page, items: [] }
      before = page.next
    }
  }

  async #askAll(requests: readonly EntityRequest[]): Promise<readonly Snapshot[]> {
    const items: Snapshot[] = []
    for (let start = 0; start < requests.length; start += AT_ONCE) {
      const answers = requests.slice(start, start + AT_ONCE).map((request) => this.#ask(request))
      // None goes on when another has failed.
      await Promise.allSettled(answers)
      items.push(...(await Promise.all(answers)).flat())
    }
    return items
  }

  async #ask({ path, gives, owners }: EntityRequest): Promise<readonly Snapshot[]> {
    const found = gives === 'one' ? await this.#one(path) : await this.#list(path)
    return found.filter(({ id }) => this.seen.add(id)).map((item) => fromApi(this.entity, item, owners))
  }

  async #one(path: string): Promise<readonly Snapshot[]> {
    const answer = await this.api.get(path)
    return isNotFound(answer) ? [] : [objectOf(path, answer)]
  }

  /** Short, and of one owner: it does not drift as lists of an instance do. */
  async #list(path: string): Promise<readonly Snapshot[]> {
    const all: Snapshot[] = []
    for (;;) {
      const answer = await this.api.get(path, { limit: PAGE, offset: all.length })
      // What it is of was deleted since it was listed.
      if (isNotFound(answer)) return []
      const { items, total } = listedOf(path, answer)
      all.push(...items)
      if (all.length === total) return all
      if (items.length > 0) continue
      this.#isCut ||= all.length < (total ?? 0)
      return all
    }
  }
}
