import { deliver } from '../deliver.ts'
import { expectRejection, expectSame } from '../expect.ts'
import type { History } from '../history.ts'
import { NOTHING_WRITTEN, upsertOf, writeBatch } from '../port-changes.ts'
import { type Hook, type Stage, settingOf, tableOf } from '../stage.ts'
import type { Shape } from '../tables.ts'
import type { Section } from './section.ts'

const shapes: Readonly<Partial<Record<Shape, string>>> = {
  uniqueFirst: 'a unique e-mail declared before the key',
  uniqueLast: 'a unique e-mail declared after the key',
  requiredFirst: 'a unique, required e-mail declared before the key',
  requiredLast: 'a unique, required e-mail declared after the key',
}

/** Two users with one e-mail address: neither harms the other, and neither is acknowledged. */
export const unique: Section = (stage, it) => {
  for (const [name, title] of Object.entries(shapes)) {
    const shape = name as Shape
    for (const hook of [undefined, stage.welcome]) {
      const test = (what: string, body: (pair: Pair) => Promise<void>) =>
        it(`${title}, hooks ${hook ? 'on' : 'off'}: ${what}`, async () => body(await pairOf(stage, shape, hook)))

      test('a creation with the e-mail of another user is a unique_conflict', async ({
        sync,
        ann,
        bea,
        email,
        clash,
      }) => {
        await sync.apply(ann.created({ at: 5 }, { email, name: 'Ann' }).event)
        // Older and newer than the row that it clashes with: databases that update the wrong row compare the two.
        const events = [bea.created({ at: 1 }, { email }), bea.updated({ at: 9 }, { email })]
        for (const event of events) await clash(event.event, bea, [])
        await stage.expectRow(settingOf(ann), ann.events, "a clash changed the other user's row")
        await stage.expectNoEffects(events, 'a clash was half applied')
      })

      test('an update to the e-mail of another user is a unique_conflict', async ({ sync, ann, bea, email, clash }) => {
        await sync.apply(ann.created({ at: 5 }, { email, name: 'Ann' }).event)
        const own = bea.created({ at: 1 }, { email: `bea.${email}`, name: 'Bea' })
        await sync.apply(own.event)
        const events = [bea.updated({ at: 2 }, { email, name: 'Bee' }), bea.updated({ at: 9 }, { email, name: 'Bee' })]
        for (const event of events) await clash(event.event, bea, [own])
        await stage.expectRow(settingOf(ann), ann.events, "a clash changed the other user's row")
        await stage.expectNoEffects(events, 'a clash was half applied')
      })

      test('it heals on retry, once the other row has let go', async ({ sync, ann, bea, email, clash }) => {
        await sync.apply(ann.created({ at: 1 }, { email }).event)
        const own = bea.created({ at: 1 }, { email: `bea.${email}` })
        await sync.apply(own.event)
        const taking = bea.updated({ at: 2 }, { email, name: 'Bea' })
        await clash(taking.event, bea, [own])
        await sync.apply(ann.updated({ at: 2 }, { email: `ann.${email}` }).event)
        expectSame(await sync.apply(taking.event), 'updated', 'the retry after the other row let go of the e-mail')
        for (const history of [ann, bea])
          await stage.expectRow(settingOf(history), history.events, 'after the e-mail moved')
      })

      test('a stale event with a clashing e-mail is stale, not a clash', async ({ sync, ann, bea, email }) => {
        await sync.apply(bea.updated({ at: 9 }, { email: `bea.${email}`, name: 'Bea' }).event)
        await sync.apply(ann.created({ at: 5 }, { email }).event)
        for (const at of [1, 7]) {
          const outcome = await sync.apply(bea.updated({ at }, { email, name: 'Stale' }).event)
          expectSame(outcome, 'stale', 'the outcome of a stale event whose e-mail another user has')
        }
        for (const history of [ann, bea])
          await stage.expectRow(settingOf(history), history.events, 'after a stale clash')
      })

      test('a deleted account frees its e-mail for the next sign-up', async ({ sync, ann, bea, email }) => {
        await sync.apply(ann.created({ at: 1 }, { email }).event)
        await sync.apply(ann.deleted({ at: 2 }).event)
        const outcome = await sync.apply(bea.created({ at: 3 }, { email }).event)
        expectSame(outcome, 'created', 'signing up again with the e-mail of a deleted account')
        for (const history of [ann, bea])
          await stage.expectRow(settingOf(history), history.events, 'after a new sign-up')
      })

      test('a new sign-up that comes before the delete heals on retry', async ({ sync, ann, bea, email, clash }) => {
        await sync.apply(ann.created({ at: 1 }, { email }).event)
        const again = bea.created({ at: 3 }, { email })
        await clash(again.event, bea, [])
        await sync.apply(ann.deleted({ at: 2 }).event)
        expectSame(await deliver(sync, again), 'created', 'the retry of a sign-up whose e-mail a delete has freed')
        for (const history of [ann, bea])
          await stage.expectRow(settingOf(history), history.events, 'after a new sign-up')
      })

      test('many users without an e-mail', async ({ sync, ann, bea }) => {
        const histories = [ann, bea]
        for (const history of histories) await sync.apply(history.created({ at: 1 }, { email: null }).event)
        for (const history of histories)
          await stage.expectRow(settingOf(history), history.events, 'a user without an e-mail')
      })

      test('a row the application inserted is not harmed either', async ({ bea, email, clash }) => {
        const table = tableOf(shape, 'user')
        const key = stage.fresh('user')
        await stage.harness.insert(table, { [table.endsWith('FirstUsers') ? 'clerkId' : 'id']: key, email })
        const before = await stage.row(table, key)
        await clash(bea.created({ at: 1 }, { email }).event, bea, [])
        expectSame(await stage.row(table, key), before, 'a clash changed a row that the application had inserted')
      })
    }

    it(`${title}: a batch reports the clash and writes the other rows`, async () => {
      const { sync, ann, bea, email } = await pairOf(stage, shape, undefined)
      const { adapter } = await stage.process(shape)
      await sync.apply(ann.created({ at: 5 }, { email }).event)
      const others = Array.from({ length: 20 }, () => stage.history(shape))
      const clashing = upsertOf(bea, bea.updated({ at: 9 }, { email }))
      const batch = others.map((history) =>
        upsertOf(history, history.created({ at: 1 }, { email: `${history.key}@example.com` })),
      )
      const { failed, ...counts } = await writeBatch(adapter, [...batch.slice(0, 7), clashing, ...batch.slice(7)])
      expectSame(
        failed.map(({ change }) => change.key),
        [bea.key],
        'the rows that a batch reports as failed',
      )
      expectSame(counts, { ...NOTHING_WRITTEN, created: 20 }, 'the tally of a batch with one clash')
      for (const history of [ann, ...others]) {
        await stage.expectRow(settingOf(history), history.events, 'a row beside a clash in a batch')
      }
      await stage.expectRow(settingOf(bea), [], 'the row that clashed in a batch')
    })
  }
}

interface Pair {
  readonly sync: ReturnType<Stage['sync']>
  readonly ann: History
  readonly bea: History
  readonly email: string
  /** Applies an event that must clash, and sees that the row stays as the earlier events left it. */
  clash(event: History['events'][number]['event'], history: History, earlier: History['events']): Promise<void>
}

async function pairOf(stage: Stage, shape: Shape, hook: Hook | undefined): Promise<Pair> {
  const sync = stage.sync(await stage.process(shape), { hook })
  return {
    sync,
    ann: stage.history(shape),
    bea: stage.history(shape),
    email: `${stage.fresh('one')}@example.com`,
    async clash(event, history, earlier) {
      const symptom = 'an e-mail that another user has: the clash was swallowed or misnamed'
      await expectRejection('unique_conflict', sync.apply(event), symptom)
      await stage.expectRow(settingOf(history), earlier, 'a clash was half applied: row')
    },
  }
}
