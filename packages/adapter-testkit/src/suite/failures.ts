import { isDeepStrictEqual } from 'node:util'
import { ClerkSyncError } from '@clerk-sync/core'
import type { Failure } from '../calls.ts'
import { deliver } from '../deliver.ts'
import { describeError, expectSame, expectThat } from '../expect.ts'
import type { History, KitEvent } from '../history.ts'
import { expectedRow, type OnDelete } from '../model.ts'
import { upsertOf, writeBatch } from '../port-changes.ts'
import { type Stage, settingOf } from '../stage.ts'
import type { Section } from './section.ts'

/** An adapter that makes more calls than this for one event is not walked to its end. */
const MOST_CALLS = 40

/** What is in the database before the call fails, and the event whose delivery meets it. */
const deliveries: Readonly<
  Record<string, (history: History) => { readonly before: KitEvent[]; readonly event: KitEvent }>
> = {
  'a creation': (history) => ({ before: [], event: history.created({ at: 1 }, { name: 'Ann' }) }),
  'an update': (history) => ({
    before: [history.created({ at: 1 }, { name: 'Ann' })],
    event: history.updated({ at: 2 }, { name: 'Bea' }),
  }),
  'a late update': (history) => ({
    before: [history.updated({ at: 2 }, { name: 'Bea' })],
    event: history.created({ at: 1 }, { name: 'Ann' }),
  }),
  'a delete': (history) => ({
    before: [history.created({ at: 1 }, { name: 'Ann' })],
    event: history.deleted({ at: 2 }),
  }),
  'a delete of an id never seen': (history) => ({ before: [], event: history.deleted({ at: 2 }) }),
}

/** Any call to the database fails, before it is carried out or after; the delivery is sent again. */
export const failures: Section = (stage, it) => {
  for (const [name, prepare] of Object.entries(deliveries)) {
    for (const onDelete of stage.modes) {
      if (onDelete === 'keep' && !name.startsWith('a delete')) continue
      for (const hooks of [false, true]) {
        for (const failure of ['refused', 'lost', 'deadlock'] as const) {
          const title = `${name}${onDelete === 'keep' ? ' that keeps' : ''}, hooks ${hooks ? 'on' : 'off'}`
          it(`${title}: each database call once is ${said[failure]}, and the retry heals it`, () =>
            walk(stage, failure, prepare, onDelete, hooks))
        }
      }
    }
  }

  for (const failure of ['refused', 'lost', 'deadlock'] as const) {
    it(`a batch: each database call once is ${said[failure]}, and running it again heals it`, async () => {
      const { adapter, calls } = await stage.process('plain')
      await eachCall(calls, failure, async (arm) => {
        const histories = [1, 2, 3].map(() => stage.history('plain'))
        const batch = histories.map((history) => upsertOf(history, history.updated({ at: 1 }, { name: 'Ann' })))
        arm()
        await writeBatch(adapter, batch).catch(() => undefined)
        calls.heal()
        const { failed } = await writeBatch(adapter, batch)
        expectSame(failed.length, 0, 'a batch that failed could not be run again')
        for (const history of histories) {
          await stage.expectRow(
            settingOf(history),
            history.events,
            'a batch that failed once and ran again lacks a row',
          )
        }
      })
    })
  }
}

const said: Readonly<Record<Failure, string>> = {
  refused: 'refused',
  lost: 'carried out and its answer lost',
  deadlock: 'refused as a deadlock',
}

async function walk(
  stage: Stage,
  failure: Failure,
  prepare: (history: History) => { readonly before: KitEvent[]; readonly event: KitEvent },
  onDelete: OnDelete,
  hooks: boolean,
): Promise<void> {
  const process = await stage.process('plain')
  const sync = stage.sync(process, { onDelete, hook: hooks ? stage.welcome : undefined })
  await eachCall(process.calls, failure, async (arm) => {
    const history = stage.history('plain')
    const { before, event } = prepare(history)
    for (const earlier of before) await sync.apply(earlier.event)

    const number = arm()
    const error = await sync.apply(event.event).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    process.calls.heal()
    const at = `call ${number} ${said[failure]}`
    // The call may be one that the hook makes; then it is the hook that failed.
    const codes = hooks ? ['store_failed', 'hook_failed'] : ['store_failed']
    if (error && !(ClerkSyncError.is(error) && codes.includes(error.code))) {
      expectThat(false, `${at}: the failure is named ${describeError(error)}, and ${codes.join(' or ')} was due`)
    }
    const stored = await isStored(stage, history, onDelete, { before, event, hooks, at })
    expectThat(Boolean(error) || stored, `${at}: the delivery was acknowledged, and it is not in the database`)
    if (hooks && stage.exactlyOnce && failure === 'deadlock') {
      expectThat(!error, `${at}: a transaction that met a deadlock was not run again`)
    }

    await deliver(sync, event)
    await stage.expectRow(settingOf(history, onDelete), history.events, `${at}: the retry did not heal the row`)
    if (hooks) await stage.expectEffects(history.events, `${at}: the effects are not exactly once after the retry`)
  })
}

/** Whether the event is in the database. With a hook: row, effect and ledger, or none of them. */
async function isStored(
  stage: Stage,
  history: History,
  onDelete: OnDelete,
  { before, event, hooks, at }: { before: KitEvent[]; event: KitEvent; hooks: boolean; at: string },
): Promise<boolean> {
  const setting = settingOf(history, onDelete)
  const row = await stage.row(history.table, history.key)
  const [effects = 0] = await stage.effects([event])
  const [claimed = false] = await stage.claimed([event])
  const old = expectedRow(setting, before)
  const written = isDeepStrictEqual(row, expectedRow(setting, [...before, event]))
  if (!written) expectSame(row, old, `${at}: the row is half written`)
  if (!hooks) return written
  if (!stage.exactlyOnce) return written && effects > 0
  const stored = written && effects === 1 && claimed
  const nothing = isDeepStrictEqual(row, old) && effects === 0 && !claimed
  const parts = `row ${written ? 'written' : 'not written'}, ${effects} effects, ${claimed ? 'claimed' : 'not claimed'}`
  expectThat(stored || nothing, `${at}: row, hook and ledger did not commit together: ${parts}`)
  return stored
}

/** Fails call 1, then call 2, and so on, until none is left to fail. */
export async function eachCall(
  calls: { fail(failure: Failure, at: number): void; heal(): void; readonly failed: boolean },
  failure: Failure,
  attempt: (arm: () => number) => Promise<void>,
): Promise<void> {
  for (let at = 1; at <= MOST_CALLS; at++) {
    const arm = () => {
      calls.fail(failure, at)
      return at
    }
    try {
      await attempt(arm)
    } finally {
      calls.heal()
    }
    if (calls.failed) continue
    expectThat(at > 1, "no database call passed through the harness's `calls`: put calls.run around them")
    return
  }
}
