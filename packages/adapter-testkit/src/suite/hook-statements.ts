import type { ClerkSync } from '@clerk-sync/core'
import { eventually } from '../deliver.ts'
import { expectRejection, expectSame, expectThat } from '../expect.ts'
import type { SqlHarness } from '../harness.ts'
import type { KitEvent } from '../history.ts'
import { type Hook, type Stage, settingOf } from '../stage.ts'
import type { It } from './section.ts'

const COMMANDS = ['commit', 'rollback', 'begin']
/** How long a hook waits for its rival, which may hold it up where another test says that it must not. */
const MEETING_MS = 5_000
/** More often than a delivery can meet the same deadlock. */
const ATTEMPTS = 20

/** What a hook can send that ends its transaction, and sessions that have none: what follows would commit by itself. */
export function hookStatements(stage: Stage, it: It, { send, withoutAutocommit }: SqlHarness): void {
  for (const command of COMMANDS) {
    it(`a hook that sends ${command} and then fails leaves nothing, and the retry does it all`, async () => {
      const history = stage.history('plain')
      const { event } = history.created({ at: 1 })
      const process = await stage.process('plain')
      const hook: Hook = (call) =>
        stage.inOrder(
          () => attempted(stage, () => send(call.tx, command)),
          () => attempted(stage, () => stage.welcome(call)),
          () => {
            throw new Error('the hook fails after it has ended its transaction')
          },
        )
      await expectRejection('hook_failed', stage.sync(process, { hook }).apply(event), 'a hook that throws')
      const symptom = `a hook sent ${command} and failed, and something stayed`
      await stage.expectNoEffects(history.events, symptom)
      await stage.expectRow(settingOf(history), [], symptom)
      await stage.sync(process, { hook: stage.welcome }).apply(event)
      await stage.expectEffects(history.events)
    })
  }

  it('a hook that catches a deadlock, which may roll its transaction back, is not acknowledged with half of it', async () => {
    const { parallel } = stage.harness.capabilities
    const histories = [stage.history('plain'), stage.history('plain')] as const
    const rivals = histories.map((history) => history.key).reverse()
    const processes = [await stage.process('plain', 0), await stage.process('plain', 1)] as const
    for (const history of histories) {
      await stage.sync(await stage.process('plain')).apply(history.created({ at: 1 }).event)
    }
    let entered = 0
    const deliver = async (n: 0 | 1): Promise<KitEvent> => {
      const updated = histories[n].updated({ at: 2 })
      const hook: Hook = (call) =>
        stage.inOrder(
          () => {
            // Each of the two has locked its own row by now.
            entered++
            return parallel ? eventually(() => entered >= processes.length, MEETING_MS) : undefined
          },
          () => attempted(stage, () => send(call.tx, `update users set id = id where id = '${rivals[n]}'`)),
          () => attempted(stage, () => stage.welcome(call)),
        )
      await untilAcknowledged(stage.sync(processes[n], { hook }), updated)
      return updated
    }
    const events = parallel ? await Promise.all([deliver(0), deliver(1)]) : [await deliver(0), await deliver(1)]
    await stage.expectEffects(events, 'a hook caught a deadlock, and its effects are not exactly once')
    for (const history of histories) {
      await stage.expectRow(settingOf(history), history.events, 'a hook caught a deadlock, and the row is another')
    }
  })

  if (!withoutAutocommit) return
  it('on sessions without autocommit, nothing is acknowledged that is not committed', async () => {
    const { calls } = await stage.process('plain')
    const adapter = await withoutAutocommit({ calls, isolation: undefined })
    for (const hook of [undefined, stage.welcome]) {
      const history = stage.history('plain')
      const created = history.created({ at: 1 })
      const outcome = await stage
        .sync({ adapter, shape: 'plain' }, { hook })
        .apply(created.event)
        .catch(() => 'refused')
      const stored = await stage.row(history.table, history.key)
      expectSame(stored !== undefined, outcome !== 'refused', `without autocommit, what was ${outcome} is stored`)
    }
  })
}

/** Does it, and says nothing of an error. */
function attempted(stage: Stage, work: () => unknown): unknown {
  if (!stage.synchronous)
    return Promise.resolve()
      .then(work)
      .catch(() => undefined)
  try {
    return work()
  } catch {
    return undefined
  }
}

/** As Svix would. */
async function untilAcknowledged(sync: Pick<ClerkSync, 'apply'>, { event }: KitEvent): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const outcome = await sync.apply(event).catch(() => undefined)
    if (outcome) return
  }
  expectThat(false, `a hook that caught a deadlock was refused ${ATTEMPTS} times`)
}
