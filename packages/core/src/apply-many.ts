import { callsOf } from './calls-of.ts'
import type { Delivered } from './dead-letters/parts.ts'
import { type Deadline, within } from './delivery/deadline.ts'
import { storeFailure } from './delivery/store-failure.ts'
import type { ClerkEvent } from './entities/clerk-event.ts'
import { asClerkSyncError, ClerkSyncError } from './errors.ts'
import type { Change, Outcome, SyncAdapter } from './port/sync-adapter.ts'

/** What a caller of `applyMany` says. */
export interface ApplyManyOptions {
  /**
   * Whether a queue gives an event up after this attempt: for all, or by event. As in `apply`, one that is refused is then
   * `parked` where the adapter has a table `deadLetters`.
   */
  readonly lastAttempt?: boolean | ((event: ClerkEvent) => boolean)
}

/** What became of one event of a list; `error` says why it is to come again, or was parked. */
export type AppliedEvent =
  | {
      readonly ok: true
      readonly event: ClerkEvent
      readonly outcome: Outcome
      readonly error?: ClerkSyncError | undefined
    }
  | { readonly ok: false; readonly event: ClerkEvent; readonly outcome?: undefined; readonly error: ClerkSyncError }

export interface ApplyManyParts {
  readonly adapter: SyncAdapter
  readonly timeoutMs: number
  readonly hasHook: (type: string) => boolean
  /** @throws ClerkSyncError for what is no event, or lacks what its row needs */
  readonly changeOf: (event: ClerkEvent) => Change | undefined
  /** Whether users are linked at the moment: what that takes is more than a write. */
  readonly isLinking: () => boolean
  /** Stores one event and runs its hook, parks it where it is refused, and settles the letters of those before it. */
  readonly deliver: (event: ClerkEvent, deadline: Deadline, isLast: IsLast) => Promise<Delivered>
  /** Settles the letters of events that were stored together: what failed, by event. Never rejects. */
  readonly settle: (events: readonly ClerkEvent[], isLast: IsLast) => Promise<ReadonlyMap<ClerkEvent, unknown>>
}

type IsLast = (event: ClerkEvent) => boolean

interface Item {
  readonly index: number
  readonly event: ClerkEvent
  /** What to write; undefined where the event goes alone. */
  readonly change: Change | undefined
}

type Batched = Item & { readonly change: Change }

/**
 * Writes what needs no hook in few statements, and runs the hooks in the order of the list. A hook finds its own row as the
 * events before it left it, since those that come after it wait for it; other rows may be newer.
 */
export async function applyMany(
  parts: ApplyManyParts,
  events: readonly ClerkEvent[],
  { lastAttempt = false }: ApplyManyOptions = {},
): Promise<readonly AppliedEvent[]> {
  if (!Array.isArray(events)) throw new ClerkSyncError('config_invalid', 'applyMany takes a list of events.')
  const { adapter, timeoutMs } = parts
  const results: AppliedEvent[] = new Array(events.length)
  const isLast: IsLast = (event) => (typeof lastAttempt === 'function' ? lastAttempt(event) : lastAttempt)

  async function goAlone({ index, event }: Item): Promise<void> {
    const delivering = within(timeoutMs, async (deadline) => parts.deliver(event, deadline, isLast))
    results[index] = await delivering.then(
      (delivered) => ({ ok: true, event, ...delivered }),
      (thrown: unknown) => failed(event, thrown),
    )
  }

  async function goTogether(items: readonly Batched[]): Promise<void> {
    const [only] = items
    if (only && items.length === 1) return goAlone(only)
    for (const item of await writeAll(items)) await goAlone(item)
  }

  /** Gives those that were refused. */
  async function writeAll(items: readonly Batched[]): Promise<readonly Batched[]> {
    const refused: Batched[] = []
    for (const some of callsOf(items)) refused.push(...(await write(some)))
    return refused
  }

  async function write(items: readonly Batched[]): Promise<readonly Batched[]> {
    const changes = items.map(({ change }) => change)
    const writing = within(timeoutMs, (deadline) =>
      deadline.race(adapter.writeMany(changes, { signal: deadline.signal }), tooSlow),
    )
    const written = await writing.catch((thrown: unknown) => {
      const what = `${items.length} events of the list were not known to be stored`
      const error = storeFailure(adapter, thrown, what)
      for (const { index, event } of items) results[index] = failed(event, error)
    })
    if (!written) return []
    const isStored = (_: Batched, n: number) => written[n]?.outcome !== undefined
    const unsettled = await parts.settle(
      items.filter(isStored).map(({ event }) => event),
      isLast,
    )
    items.forEach(({ index, event }, n) => {
      const outcome = written[n]?.outcome
      if (unsettled.has(event)) results[index] = failed(event, unsettled.get(event))
      else if (outcome !== undefined) results[index] = { ok: true, event, outcome }
    })
    return items.filter((item, n) => !isStored(item, n))
  }

  const { first, then } = planOf(parts, events)
  // In its own place, what was refused finds what the events before it have made: the row that it refers to, a free address.
  // What is refused again says why, or is parked.
  const refused = (await writeAll(first)).map((item) => ({ ...item, change: undefined }))
  let waiting: Batched[] = []
  for (const item of [...refused, ...then].sort((one, other) => one.index - other.index)) {
    if (isBatched(item)) {
      waiting.push(item)
      continue
    }
    await goTogether(waiting)
    waiting = []
    await goAlone(item)
  }
  await goTogether(waiting)
  return results
}

/** What is written at once, and what follows in the order of the list. */
function planOf(parts: ApplyManyParts, events: readonly ClerkEvent[]) {
  const first: Batched[] = []
  const then: Item[] = []
  const waitedFor = new Set<string>()
  events.forEach((event, index) => {
    const change = changeOf(parts, event)
    const row = change && `${change.entity} ${change.key}`
    if (!change || !row || parts.hasHook(event.type) || (isUser(change) && parts.isLinking())) {
      then.push({ index, event, change: undefined })
      if (row) waitedFor.add(row)
    } else if (waitedFor.has(row)) then.push({ index, event, change })
    else first.push({ index, event, change })
  })
  return { first, then }
}

function changeOf(parts: ApplyManyParts, event: ClerkEvent): Change | undefined {
  try {
    return parts.changeOf(event)
  } catch {
    // It goes alone, which says why.
    return undefined
  }
}

function isBatched(item: Item): item is Batched {
  return item.change !== undefined
}

function isUser(change: Change): boolean {
  return change.kind === 'upsert' && change.entity === 'user'
}

function failed(event: ClerkEvent, thrown: unknown): AppliedEvent {
  return {
    ok: false,
    event,
    error: asClerkSyncError(thrown, 'store_failed', 'The event failed in a way that is not expected.'),
  }
}

function tooSlow(seconds: number): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    `The events of the list were not known to be stored after ${seconds} s: the database does not answer, or something ` +
      'holds a lock on one of their rows.',
  )
}
