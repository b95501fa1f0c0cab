import type { Snapshot } from '../entities/define-entity.ts'
import { ClerkSyncError } from '../errors.ts'
import { type DriftWriter, type Mending, MOST_DRIFTS } from './drift-writer.ts'
import type { Run } from './run.ts'
import { SeenIds } from './seen-ids.ts'
import type { Drift } from './types.ts'

/**
 * Users who have no row, while one that waits for a Clerk id matches them by the `link` of createClerkSync. They are
 * reported: a row of their own would keep them from ever getting it, and only a run that has read all users may link.
 */
export class Unlinked {
  /** By what users match a row: what two of them do is nobody's. */
  readonly #values = new SeenIds()
  readonly #contested = new SeenIds()
  /** By the same, of as many as a result lists. Of the others, how many there are, so that memory stays flat. */
  readonly #listed = new Map<string, Drift>()
  readonly #unlisted = { pending: 0, old: 0 }
  readonly #pending = new SeenIds()

  constructor(
    private readonly run: Run,
    private readonly writer: DriftWriter,
  ) {}

  /**
   * Gives what is to be mended all the same. Whom several rows match, or one whose address is unproven, gets a row of their
   * own, as from a delivery.
   */
  async without(mendings: readonly Mending[], items: readonly Snapshot[]): Promise<readonly Mending[]> {
    const missing = new Map(mendings.filter(({ drift }) => isMissingUser(drift)).map((one) => [one.drift.id, one]))
    const linker = missing.size > 0 ? await this.run.access.linker() : undefined
    if (!linker) return mendings
    const users = items.filter(({ id }) => missing.has(id))
    this.run.api.signal.throwIfAborted()
    const matches = await linker.matches(users, this.run.callOptions)
    const waiting = new Set<Mending>()
    for (const [n, { id }] of users.entries()) {
      const match = matches[n]
      const mending = missing.get(id)
      if (match?.is !== 'match' || !mending) continue
      waiting.add(mending)
      this.#add(match.row.value, { ...mending.drift, kind: 'unlinked' })
    }
    return mendings.filter((mending) => !waiting.has(mending))
  }

  /** Once all users were met: reports those who are the only one to match a row. */
  finish(): void {
    for (const drift of this.#listed.values()) this.writer.report(drift)
    this.writer.count({ entity: 'user', kind: 'unlinked', pending: false }, this.#unlisted.old)
    this.writer.count({ entity: 'user', kind: 'unlinked', pending: true }, this.#unlisted.pending)
  }

  #add(value: string, drift: Drift): void {
    if (!this.#values.add(value)) {
      if (this.#contested.add(value)) this.#contest(value)
      this.#clash(drift.id)
    } else if (this.#listed.size < MOST_DRIFTS) this.#listed.set(value, drift)
    else if (!drift.pending) this.#unlisted.old++
    else {
      this.#unlisted.pending++
      this.#pending.add(value)
    }
  }

  /** Of the one who was met before. */
  #contest(value: string): void {
    const listed = this.#listed.get(value)
    if (listed) {
      this.#listed.delete(value)
      this.#clash(listed.id)
    } else {
      this.#unlisted[this.#pending.has(value) ? 'pending' : 'old']--
      // Who it was is not known any more: the second one is named.
      this.run.counts.add('user', 'failed')
    }
  }

  #clash(id: string): void {
    const what = `${id} was not written: several users match one row that waits for a Clerk id, and a row of their own would `
    const next = 'keep them from it. Let link.by tell them apart, or link the row by hand.'
    this.run.fail('user', id, new ClerkSyncError('link_clash', what + next))
  }
}

function isMissingUser({ kind, entity }: Drift): boolean {
  return kind === 'missing' && entity === 'user'
}
