import { storeFailure } from '../delivery/store-failure.ts'
import { ClerkSyncError } from '../errors.ts'
import type { Link, LinkCandidate, Linking } from '../port/linking.ts'
import type { CallOptions, Found, SyncAdapter, Upsert, WriteOutcome } from '../port/sync-adapter.ts'
import { NO_VERSION } from '../port/version.ts'
import { keepingValues } from './kept-values.ts'
import type { LinkRules } from './link-options.ts'
import { explainClash, type LinkClash, type Match, matchOf, wantedOf } from './match.ts'

/** Finds the rows that were there before, and gives them their Clerk ids. */
export class Linker {
  readonly #linking: Linking

  constructor(
    private readonly adapter: SyncAdapter,
    readonly rules: LinkRules,
  ) {
    this.#linking = adapter.linking as Linking
  }

  /** The matches of these users, in their order. */
  async matches(users: readonly object[], options?: CallOptions): Promise<readonly Match[]> {
    const wanted = users.map((user) => this.#byApplication('by', () => wantedOf(user, this.rules)))
    const values = new Set(wanted.flatMap(({ values, unverified }) => [...values, ...unverified]))
    if (values.size === 0) return wanted.map(() => ({ is: 'none', waiting: [] }))
    const { column, by } = this.rules
    const search = { entity: 'user', column, values: [...values], ignoreCase: by === 'email' } as const
    const found = await this.#named('Rows to link were not read', () => this.#linking.find(search, options))
    return wanted.map((one) => this.#byApplication('proven', () => matchOf(one, found, this.rules)))
  }

  /**
   * Gives the row its Clerk id.
   *
   * @returns `changed` where the row is not as it was seen any more, `there` where another delivery of the same user has
   * inserted a row of its own by now
   */
  async link(id: string, row: LinkCandidate, options?: CallOptions): Promise<'linked' | 'changed' | 'there'> {
    try {
      const isLinked = await this.#set({ entity: 'user', column: this.rules.column, seen: row, to: id }, options)
      return isLinked ? 'linked' : 'changed'
    } catch (error) {
      if (ClerkSyncError.is(error) && error.code === 'unique_conflict') return 'there'
      throw error
    }
  }

  /** Takes the id away again: the user was removed meanwhile, and the row is nobody's. */
  async unlink(id: string, row: LinkCandidate, options?: CallOptions): Promise<void> {
    await this.#set({ entity: 'user', column: this.rules.column, seen: { ...row, key: id }, to: null }, options)
  }

  /**
   * Writes a user's change, into the row that was there before where there is one. The id is given first, and by itself:
   * whatever ends the process between the two leaves a row of version '0', which the next event fills.
   */
  async write<Outcome extends WriteOutcome | string>(
    user: object,
    change: Upsert,
    write: (change: Upsert) => Promise<Outcome>,
    options?: CallOptions,
  ): Promise<Outcome> {
    const found = await this.#find(change.key)
    if (found && found.version !== NO_VERSION) return write(change)
    const match = found ? undefined : (await this.matches([user], options))[0]
    const row = match?.is === 'match' ? match.row : undefined
    const result = row && (await this.link(change.key, row, options))
    const linked = result === 'linked' ? row : undefined
    if (!linked) {
      const why = match?.is === 'clash' ? match.why : result === 'changed' ? 'row_changed' : undefined
      return this.#explained(why, async () => write(await this.#keptOf(change)))
    }
    const outcome = await write(this.#kept(change, linked.row))
    // Its tombstone is beside the table, and came between: the change was not written.
    if (outcome === 'already_deleted') await this.unlink(change.key, linked, options)
    return outcome
  }

  /** By the row as it is now: another delivery of the same user may have linked it since it was looked for. */
  async #keptOf(change: Upsert): Promise<Upsert> {
    const found = await this.#find(change.key)
    return found?.row && found.version === NO_VERSION ? this.#kept(change, found.row) : change
  }

  async #find(id: string): Promise<Found | undefined> {
    return this.#named(`The row of ${id} was not read`, () => this.adapter.find('user', id))
  }

  /** What is written into a row that no event has reached. */
  #kept(change: Upsert, row: object): Upsert {
    return this.rules.overwrite ? change : keepingValues(change, row)
  }

  async #set(link: Link, options?: CallOptions): Promise<boolean> {
    return this.#named(`${link.to ?? link.seen.key} was not linked`, () => this.#linking.set(link, options))
  }

  #byApplication<T>(option: string, run: () => T): T {
    try {
      return run()
    } catch (cause) {
      // The command's own functions refuse wrong usage.
      if (ClerkSyncError.is(cause)) throw cause
      const message = `link.${option} threw. It must take every ${option === 'by' ? 'user of Clerk' : 'row of the table'}.`
      throw new ClerkSyncError('config_invalid', message, { cause, thrownBy: 'map' })
    }
  }

  async #named<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw storeFailure(this.adapter, error, what, 'Trying again may help.')
    }
  }

  /** Where the row that was not linked has a unique value of the user's, it is the reason. */
  async #explained<T>(why: LinkClash | undefined, write: () => Promise<T>): Promise<T> {
    try {
      return await write()
    } catch (error) {
      if (!why || !ClerkSyncError.is(error) || error.code !== 'unique_conflict') throw error
      const message = `${error.message} The user was not linked: ${explainClash(why, this.rules)}.`
      throw new ClerkSyncError(error.code, message, { cause: error.cause })
    }
  }
}
