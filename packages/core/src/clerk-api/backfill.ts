import type { Snapshot } from '../entities/define-entity.ts'
import type { Change, Rows, Upsert } from '../port/sync-adapter.ts'
import { type StoreAccess, storeAccessOf } from '../store-access.ts'
import type { ClerkSync } from '../types.ts'
import { type Checkpoint, loadCheckpoint, optionsHash } from './checkpoint.ts'
import type { ClerkTime } from './clerk-time.ts'
import { instanceOf } from './instance.ts'
import { type LinkRun, linkingIn } from './link-run.ts'
import { readAhead } from './read-ahead.ts'
import { RUN_OPTIONS, Run } from './run.ts'
import type { BackfillOptions, BackfillResult, ListedEntity } from './types.ts'
import type { Position } from './walk.ts'
import { walkOf } from './walk-entity.ts'

const OPTIONS = [...RUN_OPTIONS, 'checkpoint', 'link', 'dryRun'] as const satisfies readonly (keyof BackfillOptions)[]

/** Changes that are kept for another try: those beyond it are failures at once. */
const MOST_WAITING = 1000

/**
 * Fills the tables with what Clerk has: all but sessions, of which it has no list, whichever have a table.
 * Each row is written under the same guard as a delivery, so it may run at any time, beside deliveries, twice, and from
 * anywhere. It deletes nothing: {@link reconcile} does. No hook runs.
 *
 * It takes one request for 500 users, about two for 450 of most others, and one for each subscription. A row that cannot be written is in `failures` and in `counts`, and does not stop the
 * others; `ok` says whether there was none, and all was read: `incomplete` names what was not.
 *
 * @example
 * ```ts
 * import { createClerkSync } from '@clerk-sync/core'
 * import { backfill } from '@clerk-sync/core/clerk-api'
 * import { memoryAdapter } from '@clerk-sync/core/memory'
 *
 * const clerkSync = createClerkSync({ adapter: memoryAdapter({ users: { columns: { email: {} } } }) })
 *
 * export async function fill(): Promise<void> {
 *   const { ok, counts, failures } = await backfill(clerkSync, {
 *     onProgress: ({ entity, done, total }) => console.log(`${entity}: ${done} of ${total ?? '?'}`),
 *   })
 *   if (!ok) throw new AggregateError(failures.map(({ error }) => error), `Not written: ${JSON.stringify(counts)}`)
 * }
 * ```
 * @throws ClerkSyncError `config_invalid` for options that cannot be, and a key that Clerk refuses; `instance_mismatch` for a
 * key of another instance; `clerk_unavailable` when Clerk does not answer, after retries, and, with `link`, where it does not
 * list all users; `store_failed` when the database does not answer; `closed` when `clerkSync.close()` is called. What was written stays, and the checkpoint says where to
 * go on.
 */
export async function backfill<Stored extends Rows>(
  clerkSync: ClerkSync<Stored>,
  options: BackfillOptions<NoInfer<Stored>> = {},
): Promise<BackfillResult> {
  const access = storeAccessOf('backfill(clerkSync)', clerkSync)
  return access.runUntilClosed('backfill', (closing) => fill(access, options, closing))
}

async function fill<Stored extends Rows>(
  access: StoreAccess,
  options: BackfillOptions<Stored>,
  closing: AbortSignal,
): Promise<BackfillResult> {
  const { dryRun = false } = options
  const moreSteps = options.link ? 1 : 0
  const run = new Run('backfill', access, options, { known: OPTIONS, stepsPerEntity: 1, moreSteps }, closing)
  const links = linkingIn(run, options.link, dryRun)
  const instance = await instanceOf(run.api, run.access, options)
  const hash = optionsHash(instance, ...run.entities, ...(links?.identity ?? []))
  const resumed = await loadCheckpoint(options.checkpoint, hash)
  const startedAt = resumed?.startedAt ?? Date.now()
  const first = resumed ? run.entities.indexOf(resumed.entity) : 0
  if (resumed) {
    const { counts, position } = resumed
    run.goOn(counts, run.entities.length - first, position.met ?? 0)
  }
  await run.countUnlinked()
  await links?.readUsers()
  if (links && dryRun) {
    await links.count()
    const result = run.result([])
    return { ...result, ok: result.ok && links.isClear, resumed: false, link: await links.report() }
  }
  const incomplete: ListedEntity[] = [...(resumed?.incomplete ?? [])]
  for (const entity of run.entities.slice(first)) {
    const save = async (position: Position, unwritten: readonly string[]): Promise<void> => {
      const counts = run.counts.all()
      const where = { entity, position, unwritten, counts, incomplete: [...incomplete] }
      const checkpoint: Checkpoint = { format: 1, options: hash, startedAt, ...where }
      await options.checkpoint?.save(checkpoint)
    }
    const from = resumed?.entity === entity ? resumed : undefined
    if (!(await fillEntity({ run, entity, from, save, links }))) incomplete.push(entity)
  }
  const link = await links?.report()
  await options.checkpoint?.save(undefined)
  return { ...run.result(incomplete), resumed: resumed !== undefined, ...(link && { link }) }
}

interface Filling {
  readonly run: Run
  readonly entity: ListedEntity
  readonly from: Checkpoint | undefined
  readonly save: (position: Position, unwritten: readonly string[]) => Promise<void>
  readonly links: LinkRun | undefined
}

/** Gives whether the whole list was read. */
async function fillEntity({ run, entity, from, save, links }: Filling): Promise<boolean> {
  // What was refused may be taken once the others are written: a value that another row gives up, a row that is referred to.
  const waiting = new Map<string, { readonly change: Change; readonly error: unknown }>()
  // Refused before a run was killed: of these, the ids alone are known.
  const left = new Set(from?.unwritten)
  const write = async (items: readonly Snapshot[], time: ClerkTime): Promise<void> => {
    for (const { id } of items) left.delete(id)
    const changes: Upsert[] = items.flatMap((item) => run.changeOf(entity, item, time) ?? [])
    const refused = entity === 'user' && links ? links.write(items, changes) : run.write(changes)
    for (const { change, error } of await refused) {
      if (waiting.size + left.size < MOST_WAITING) waiting.set(change.key, { change, error })
      else run.fail(entity, change.key, error, change)
    }
  }
  const walk = walkOf(run.api, entity)
  for await (const page of readAhead(walk.pages(from?.position))) {
    await write(page.items, page.time)
    run.progress.tell('list', entity, page.done, page.total)
    await save(page.next, [...left, ...waiting.keys()])
  }
  const isLeftRead = left.size === 0 || (await readLeft(run, entity, left, write))
  const again = await run.write([...waiting.values()].map(({ change }) => change))
  for (const { change, error } of again) run.fail(entity, change.key, error, change)
  run.progress.tell('list', entity, walk.seen.size, walk.seen.size)
  return walk.complete && isLeftRead
}

/** Reads the list from its start, until all that is left was met. Gives whether it was read whole, or as far as needed. */
async function readLeft(
  run: Run,
  entity: ListedEntity,
  left: ReadonlySet<string>,
  write: (items: readonly Snapshot[], time: ClerkTime) => Promise<void>,
): Promise<boolean> {
  const walk = walkOf(run.api, entity)
  for await (const { items, time } of walk.pages()) {
    const own = items.filter(({ id }) => left.has(id))
    await write(own, time)
    if (left.size === 0) return true
  }
  return walk.complete
}
