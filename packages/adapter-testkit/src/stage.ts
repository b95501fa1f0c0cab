import { randomBytes } from 'node:crypto'
import { type BatchOptions, type ClerkEvent, type ClerkSync, createClerkSync, type Hooks } from '@clerk-sync/core'
import type { Entity, SyncAdapter, WriteOutcome } from '@clerk-sync/core/adapter'
import { FailingCalls } from './calls.ts'
import { expectSame, expectThat } from './expect.ts'
import type { Harness } from './harness.ts'
import { History, idsOf, type KitEvent, typesOf } from './history.ts'
import { expectedRow, type OnDelete, type Setting } from './model.ts'
import { canonical, emailOfNobody, type RowValues } from './row.ts'
import { isSynced, requiresEmail, tableOf, welcomeOf } from './settings.ts'
import { SHAPES, type Shape, type TableName } from './tables.ts'
import { withVersions } from './versions-beside.ts'
import { watchBatches } from './watched-batches.ts'

export { settingOf, tableOf } from './settings.ts'

/** What the kit's maps name in any of its tables. */
export interface KitRows {
  readonly [entity: string]: object
  readonly user: { email?: string | null; firstName?: string | null; banned?: boolean }
}

/** An adapter with connections of its own. */
export interface Process {
  readonly shape: Shape
  readonly adapter: SyncAdapter
  readonly calls: FailingCalls
}

export interface HookCall {
  readonly event: ClerkEvent
  readonly outcome: WriteOutcome
  readonly tx: unknown
  /** Where it was asked for. */
  readonly before?: unknown
}
export type Hook = (call: HookCall) => unknown

export interface SyncSetting {
  readonly onDelete?: OnDelete | { readonly [E in Entity]?: OnDelete }
  /** Runs on every event of every entity of the shape. */
  readonly hook?: Hook | undefined
  /** Whether the hook asks for the row as it was before. */
  readonly before?: boolean
  readonly batch?: BatchOptions
}

/** The harness, with what the tests share: processes, fresh ids, and readers of the database. */
export class Stage {
  readonly #processes = new Map<string, Promise<Process>>()
  readonly #run = randomBytes(5).toString('hex')
  #ids = 0

  constructor(
    readonly harness: Harness,
    /** Those to play, of all orders of a history. */
    readonly someOf = (orders: readonly number[][]) => orders,
  ) {}

  /** Whether effects are exactly once, or, without transactions, at least once. */
  get exactlyOnce(): boolean {
    return this.harness.capabilities.transactions !== 'none'
  }

  /** Whether the versions are beside the tables. */
  get isBeside(): boolean {
    return this.harness.versions !== undefined
  }

  /** What deletes can do. */
  get modes(): readonly [OnDelete, ...OnDelete[]] {
    return this.isBeside ? ['remove', 'erase', 'keep'] : ['erase', 'keep']
  }

  get synchronous(): boolean {
    return this.harness.capabilities.transactions === 'synchronous'
  }

  /** No two tests, and no two runs, share an id. */
  fresh(prefix: string): string {
    return `${prefix}_${this.#run}${(this.#ids++).toString(36)}`
  }

  process(shape: Shape, index = 0, isolation?: string): Promise<Process> {
    const name = `${shape} ${index} ${isolation}`
    const open = async (): Promise<Process> => {
      const calls = new FailingCalls()
      return { shape, calls, adapter: watchBatches(await this.harness.adapter(shape, { calls, isolation })) }
    }
    const process = this.#processes.get(name) ?? open()
    this.#processes.set(name, process)
    return process
  }

  /** Processes that work on the same tables. */
  processes(shape: Shape, count: number, isolation?: string): Promise<Process[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => this.process(shape, index, isolation)))
  }

  history(shape: Shape, entity: Entity = 'user', key = this.fresh(entity)): History {
    return new History(entity, tableOf(shape, entity), key, () => this.fresh('msg'), this.modes[0], this.isBeside)
  }

  /** The library on an adapter, as an application sets it up. */
  sync(
    { adapter, shape }: Pick<Process, 'adapter' | 'shape'>,
    { onDelete = this.modes[0], hook, before = false, batch }: SyncSetting = {},
  ): ClerkSync {
    const types = Object.keys(SHAPES[shape].tables).flatMap((entity): string[] => [...typesOf(entity as Entity)])
    // It fills no table, so there is no row to ask for.
    if (!before) types.push('email.created')
    const given = before ? { before, run: hook } : hook
    const on = (hook ? Object.fromEntries(types.map((type) => [type, given])) : {}) as Hooks<unknown, unknown>
    const users = adapter as SyncAdapter<KitRows>
    const rest = { on, onDelete, batch: adapter.batching?.entities.length ? batch : undefined, logger: false } as const
    if (!requiresEmail(shape)) return createClerkSync({ adapter: users, map: {}, ...rest })
    return createClerkSync({
      adapter: users,
      map: {
        user: (user, record) => ({ email: record.email ?? emailOfNobody(user.id), firstName: record.firstName }),
        ...(onDelete !== 'remove' && { deletedUser: ({ id }) => ({ email: emailOfNobody(id) }) }),
      },
      ...rest,
    })
  }

  /** The hook that most applications have: one row for each event. */
  readonly welcome: Hook = ({ event, tx }) => this.harness.effect(tx, welcomeOf(event))

  /** Does one thing after another, awaiting each where the driver is asynchronous. */
  inOrder(...steps: (() => unknown)[]): unknown {
    if (!this.synchronous) return steps.reduce((before, step) => before.then(step), Promise.resolve<unknown>(undefined))
    for (const step of steps) step()
    return undefined
  }

  async rows(table: TableName, keys: readonly string[]): Promise<RowValues[]> {
    const rows = await this.harness.read(table, keys)
    if (!this.harness.versions || !isSynced(table)) return rows.map((row) => canonical(table, row))
    return withVersions(table, rows, await this.harness.versions.read(keys))
  }

  /** The row of a key, or undefined; two rows are a failure. */
  async row(table: TableName, key: string): Promise<RowValues | undefined> {
    const rows = await this.rows(table, [key])
    expectThat(rows.length < 2, `one key has ${rows.length} rows in ${table}`)
    return rows[0]
  }

  /** How often the hook's effect of each event is in the database. */
  async effects(events: readonly KitEvent[]): Promise<number[]> {
    const rows = await this.rows('welcomes', idsOf(events))
    return events.map(({ event }) => rows.filter((row) => row.eventId === event.id).length)
  }

  /** Which of the events the ledger has. */
  async claimed(events: readonly KitEvent[]): Promise<boolean[]> {
    const claimed = new Set((await this.rows('events', idsOf(events))).map((row) => row.id))
    return events.map(({ event }) => claimed.has(event.id))
  }

  async expectRow(setting: Setting, events: readonly KitEvent[], symptom: string): Promise<void> {
    expectSame(await this.row(setting.table, setting.key), expectedRow(setting, events), symptom)
  }

  /** Every effect once; at least once where there are no transactions. */
  async expectEffects(
    events: readonly KitEvent[],
    symptom = 'the effects of hooks are not exactly once',
  ): Promise<void> {
    const found = await this.effects(events)
    expectSame(
      this.exactlyOnce ? found : found.map((count) => Math.min(count, 1)),
      events.map(() => 1),
      symptom,
    )
    expectSame(
      await this.claimed(events),
      events.map(() => true),
      'the ledger lacks messages whose hook ran',
    )
  }

  async expectNoEffects(events: readonly KitEvent[], symptom: string): Promise<void> {
    expectSame(
      await this.effects(events),
      events.map(() => 0),
      `${symptom}: effects`,
    )
    expectSame(
      await this.claimed(events),
      events.map(() => false),
      `${symptom}: ledger`,
    )
  }
}
