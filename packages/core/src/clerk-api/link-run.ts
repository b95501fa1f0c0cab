import type { Snapshot } from '../entities/define-entity.ts'
import { ClerkSyncError } from '../errors.ts'
import { keepingValues } from '../linking/kept-values.ts'
import { resolveLink } from '../linking/link-options.ts'
import { Linker } from '../linking/linker.ts'
import { explainClash, type LinkClash, type Match } from '../linking/match.ts'
import type { LinkCandidate } from '../port/linking.ts'
import type { CallOptions, Scanned, Upsert, Written } from '../port/sync-adapter.ts'
import { NO_VERSION, orderOf } from '../port/version.ts'
import type { ClerkTime } from './clerk-time.ts'
import { LeftOver } from './left-over.ts'
import { LinkClaims } from './link-claims.ts'
import { LinkCounts } from './link-counts.ts'
import type { LinkReport } from './link-report.ts'
import { listOf } from './listed-entities.ts'
import { readAhead } from './read-ahead.ts'
import type { Run } from './run.ts'
import { Walk } from './walk.ts'

/** @throws ClerkSyncError `config_invalid` */
export function linkingIn(run: Run, link: object | undefined, dryRun: unknown): LinkRun | undefined {
  if (typeof dryRun !== 'boolean') throw invalid('dryRun is true, or false (default).')
  if (link === undefined) {
    if (!dryRun) return undefined
    throw invalid('dryRun counts what link would do: pass link, or ask reconcile({ dryRun: true }) what differs.')
  }
  const rules = resolveLink('backfill: link', link, run.access.adapter)
  if (run.entities.includes('user')) return new LinkRun(run, new Linker(run.access.adapter, rules), dryRun)
  throw invalid('link is for users: name "user" in entities, or leave entities out.')
}

/** Links the rows that were there before, whichever user is read first. */
export class LinkRun {
  readonly #counts: LinkCounts
  readonly #claims = new LinkClaims()
  readonly #leftOver: LeftOver
  readonly #options: CallOptions

  constructor(
    private readonly run: Run,
    private readonly linker: Linker,
    private readonly dryRun: boolean,
  ) {
    this.#counts = new LinkCounts(linker.rules.overwrite)
    this.#leftOver = new LeftOver(run.access.adapter, linker.rules)
    this.#options = run.callOptions
  }

  /** Once it is done. */
  async report(): Promise<LinkReport> {
    const { unlinkedRows } = this.run
    const before = unlinkedRows === undefined ? undefined : unlinkedRows + this.#counts.linked
    const unmatchedRows = before === undefined ? undefined : await this.#leftOver.rows(before, this.#options)
    return { dryRun: this.dryRun, ...this.#counts.all(), ...(unmatchedRows && { unmatchedRows }) }
  }

  /** Whether a run would write every user. */
  get isClear(): boolean {
    return this.#counts.isClear
  }

  /** What the checkpoint of another link, or of none, does not have. */
  get identity(): readonly string[] {
    const { by, column } = this.linker.rules
    return ['link', typeof by === 'function' ? 'function' : by, column]
  }

  /**
   * Before the first is linked: who matches what.
   *
   * @throws ClerkSyncError `clerk_unavailable` where not all were read: one of the others may match the same row.
   */
  async readUsers(): Promise<void> {
    await this.#readMatches('match', ({ id }, match, hasRow) => {
      this.#leftOver.meet(match.waiting)
      if (match.is === 'clash' && !hasRow) this.#counts.clash(id, match.why)
      if (!hasRow && isUnmatched(match)) this.#counts.unmatchedUsers++
      if (match.is !== 'match') return
      if (hasRow) this.#counts.clash(id, 'user_has_row')
      else this.#claims.add(id, match.row.value)
    })
  }

  /**
   * In place of writing: what would become of the rows that match. Clerk is read again, since to remember what each user has
   * would take as much memory as there are users.
   */
  async count(): Promise<void> {
    await this.#readMatches('list', (user, match, hasRow, time) => {
      if (match.is !== 'match' || hasRow) return
      const change = this.run.changeOf('user', user, time)
      if (change && this.#claims.isContested(user.id, match.row.value)) this.#counts.clash(user.id, 'several_users')
      else if (change) this.#counts.match(change, match.row.row)
    })
  }

  async #readMatches(
    step: 'match' | 'list',
    each: (user: Snapshot, match: Match, hasRow: boolean, time: ClerkTime) => void,
  ): Promise<void> {
    const walk = new Walk(this.run.api, listOf('user'))
    for await (const page of readAhead(walk.pages())) {
      const rows = await this.#rowsOf(page.items.map(({ id }) => id))
      for (const [user, match] of await this.#matches(page.items)) each(user, match, rows.has(user.id), page.time)
      this.run.progress.tell(step, 'user', page.done, page.total)
    }
    if (!walk.complete) throw notAllUsers()
  }

  /** Links and writes a page of users, and gives what was refused, as `run.write` does. */
  async write(users: readonly Snapshot[], changes: readonly Upsert[]): Promise<readonly Written<Upsert>[]> {
    const rows = await this.#rowsOf(changes.map(({ key }) => key))
    const due: Upsert[] = []
    const missing = new Map<string, Upsert>()
    for (const change of changes) {
      const row = rows.get(change.key)
      if (!row) missing.set(change.key, change)
      else if (this.#keepsValues(row, change)) this.run.counts.add('user', 'unchanged')
      else due.push(row.version === NO_VERSION && row.row ? this.#kept(change, row.row) : change)
    }
    const linked = new Map<string, LinkCandidate>()
    for (const [{ id }, match] of await this.#matches(users.filter(({ id }) => missing.has(id)))) {
      this.run.api.signal.throwIfAborted()
      const change = missing.get(id) as Upsert
      if (isUnmatched(match)) due.push(change)
      else if (match.is === 'clash') this.#fail(change, match.why)
      else if (match.is === 'match') {
        const result = await this.#link(change, match.row)
        if (result === 'linked') linked.set(id, match.row)
        if (result !== 'failed') due.push(result === 'linked' ? this.#kept(change, match.row.row) : change)
      }
    }
    const refused = await this.run.write(due)
    await this.#unlinkRemoved(linked)
    return refused
  }

  async #link(change: Upsert, row: LinkCandidate): Promise<'linked' | 'there' | 'failed'> {
    if (this.#claims.isContested(change.key, row.value)) return this.#clash(change, 'several_users')
    try {
      const result = await this.linker.link(change.key, row, this.#options)
      if (result === 'changed') return this.#clash(change, 'row_changed')
      if (result === 'linked') {
        this.#counts.match(change, row.row)
        this.#counts.linked++
        if (this.run.unlinkedRows !== undefined) this.run.unlinkedRows--
      }
      return result
    } catch (error) {
      // That the database is away is no matter of one row.
      if (!ClerkSyncError.is(error) || error.code === 'store_failed') throw error
      this.run.fail('user', change.key, error)
      return 'failed'
    }
  }

  #clash(change: Upsert, why: LinkClash): 'failed' {
    this.#counts.clash(change.key, why)
    this.#fail(change, why)
    return 'failed'
  }

  /** A row that was linked before, and in which Clerk has changed nothing since, keeps the values that Clerk does not have. */
  #keepsValues(row: Scanned, change: Upsert): boolean {
    return !this.linker.rules.overwrite && orderOf(row.version).slice(0, 13) >= change.version.slice(0, 13)
  }

  #kept(change: Upsert, row: object): Upsert {
    return this.linker.rules.overwrite ? change : keepingValues(change, row)
  }

  /** Whose tombstone came between the look and the link, beside the table. */
  async #unlinkRemoved(linked: ReadonlyMap<string, LinkCandidate>): Promise<void> {
    for (const [id, { deleted }] of await this.#rowsOf([...linked.keys()])) {
      const row = linked.get(id)
      if (deleted && row) await this.linker.unlink(id, row, this.#options)
    }
  }

  async #matches(users: readonly Snapshot[]): Promise<readonly (readonly [Snapshot, Match])[]> {
    this.run.api.signal.throwIfAborted()
    const matches = await this.linker.matches(users, this.#options)
    return users.map((user, n) => [user, matches[n] as Match])
  }

  async #rowsOf(keys: readonly string[]): Promise<ReadonlyMap<string, Scanned>> {
    const rows = keys.length > 0 ? await this.run.scan('user', { keys }) : []
    return new Map(rows.map((row) => [row.key, row]))
  }

  #fail(change: Upsert, why: LinkClash): void {
    const what = `${change.key} was not linked and not written: ${explainClash(why, this.linker.rules)}.`
    const next = 'Run it again when that is settled; without link, a row of its own is written.'
    this.run.fail('user', change.key, new ClerkSyncError('link_clash', `${what} ${next}`))
  }
}

/** Whether a user gets a row of their own. */
function isUnmatched(match: Match): boolean {
  return match.is === 'none' || (match.is === 'clash' && match.why === 'row_taken')
}

function notAllUsers(): ClerkSyncError {
  return new ClerkSyncError(
    'clerk_unavailable',
    'backfill: Clerk counts more users than it listed, so two of them may match one row: nothing was linked by this run. ' +
      'Run it again. If it stays so, see that no proxy in front of https://api.clerk.com changes or caches answers ' +
      '(CLERK_API_URL), or go without link.',
  )
}

function invalid(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', `backfill: ${message}`)
}
