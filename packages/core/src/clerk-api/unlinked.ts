import type { Snapshot } from '../entities/define-entity.ts'
import { ClerkSyncError } from '../errors.ts'
import type { DriftWriter, Mending } from './drift-writer.ts'
import type { Run } from './run.ts'
import type { Drift } from './types.ts'

/**
 * Users who have no row, while one that waits for a Clerk id matches them by the `link` of createClerkSync. They are
 * reported: a row of their own would keep them from ever getting it, and only a run that has read all users may link.
 */
export class Unlinked {
  /** By the value of the row: several users may match it. */
  readonly #byRow = new Map<string, Drift[]>()

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
      const { value } = match.row
      this.#byRow.set(value, [...(this.#byRow.get(value) ?? []), { ...mending.drift, kind: 'unlinked' }])
    }
    return mendings.filter((mending) => !waiting.has(mending))
  }

  /** Once all users were met: reports the rows that match one of them. */
  finish(): void {
    for (const drifts of this.#byRow.values()) {
      const [drift] = drifts
      if (drift && drifts.length === 1) this.writer.report(drift)
      else for (const { id } of drifts) this.#clash(id)
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
