import type { SyncAdapter } from '@clerk-sync/core/adapter'
import { FailingCalls } from './calls.ts'
import { expectSame } from './expect.ts'
import type { PartsHarness } from './harness.ts'
import type { History } from './history.ts'
import type { OnDelete } from './model.ts'
import { byId, expectedParts, type PartEvent, partRows } from './part-history.ts'
import type { PartLists } from './parts.ts'
import type { RowValues } from './row.ts'
import type { Process, Stage } from './stage.ts'
import { PART_SHAPES, type PartShape, type PartTableName } from './tables.ts'
import { watchBatches } from './watched-batches.ts'

/** The stage of the tests of parts: processes that have their tables, and readers of them. */
export class PartStage {
  readonly #processes = new Map<string, Promise<Process>>()

  constructor(
    readonly stage: Stage,
    readonly harness: PartsHarness,
  ) {}

  /** With the tables of parts, beside the users and the ledger of the shape `plain`. */
  process(shape: PartShape, index = 0, isolation?: string): Promise<Process> {
    const open = async (): Promise<Process> => {
      const calls = new FailingCalls()
      const adapter: SyncAdapter = await this.harness.adapter(shape, { calls, isolation })
      return { shape: 'plain', calls, adapter: watchBatches(adapter) }
    }
    const name = `${shape} ${index} ${isolation}`
    const process = this.#processes.get(name) ?? open()
    this.#processes.set(name, process)
    return process
  }

  /** The parts of a user as the database has them, by their tables. */
  async read(shape: PartShape, { key }: Pick<History, 'key'>): Promise<Record<string, RowValues[]>> {
    const tables: readonly PartTableName[] = Object.values(PART_SHAPES[shape])
    const entries = tables.map(async (table): Promise<[string, RowValues[]]> => {
      return [table, (await this.stage.rows(table, [key])).sort(byId)]
    })
    return Object.fromEntries(await Promise.all(entries))
  }

  async expectLists(shape: PartShape, history: Pick<History, 'key'>, lists: PartLists, symptom: string): Promise<void> {
    expectSame(await this.read(shape, history), partRows(shape, history, lists), symptom)
  }

  /** The parts of the newest snapshot, exactly. */
  async expectParts(
    history: Pick<History, 'key'>,
    onDelete: OnDelete,
    events: readonly PartEvent[],
    symptom = 'the parts are not those of the newest snapshot',
  ): Promise<void> {
    await this.expectLists('parts', history, expectedParts(onDelete, events), symptom)
  }
}
