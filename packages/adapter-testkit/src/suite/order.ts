import type { Entity } from '@clerk-sync/core'
import { ENTITY_NAMES, type Facts, REPRESENTATIVES } from '../entities.ts'
import { expectSame } from '../expect.ts'
import { type History, type KitEvent, YEAR_ZERO } from '../history.ts'
import { expectedOutcome, type OnDelete } from '../model.ts'
import { type Process, type Stage, settingOf } from '../stage.ts'
import { permutations } from './permutations.ts'
import type { Section } from './section.ts'

const ann: Facts = { email: 'ann@example.com', name: 'Ann', metadata: { plan: 'free' }, date: null, flag: false }
const bea: Facts = { email: 'bea@example.com', name: null, metadata: null, date: YEAR_ZERO + 1000, flag: true }
const cleo: Facts = { email: null, name: 'Cleo', metadata: { a: [1, null] }, date: YEAR_ZERO, flag: false }

/** Short histories that have gone wrong somewhere. */
const histories: Readonly<Record<string, { readonly entities: readonly Entity[]; fill(history: History): void }>> = {
  'created, updated, deleted': {
    entities: ENTITY_NAMES,
    fill(history) {
      history.created({ at: 1 }, ann)
      history.updated({ at: 2 }, bea)
      history.deleted({ at: 3 })
    },
  },
  'three updates that tie perfectly': {
    entities: REPRESENTATIVES,
    fill(history) {
      for (const facts of [ann, bea, cleo]) history.updated({ updatedAt: 1, at: 2 }, facts)
    },
  },
  'an update at the time of the creation': {
    entities: REPRESENTATIVES,
    fill(history) {
      history.created({ at: 1 }, ann)
      history.updated({ at: 1 }, bea)
    },
  },
  'deleted before its last update came': {
    entities: REPRESENTATIVES,
    fill(history) {
      history.created({ at: 1 }, ann)
      history.deleted({ at: 2 })
      history.updated({ updatedAt: 3, at: 4 }, bea)
    },
  },
  'an older snapshot in a newer envelope': {
    entities: ['user'],
    fill(history) {
      history.updated({ updatedAt: 5, at: 6 }, ann)
      history.updated({ updatedAt: 2, at: 9 }, bea)
      history.created({ at: 1 }, cleo)
    },
  },
  'five events, a tie and a delete among them': {
    entities: ['user'],
    fill(history) {
      history.created({ at: 1 }, ann)
      history.updated({ updatedAt: 2, at: 2 }, bea)
      history.updated({ updatedAt: 2, at: 2 }, cleo)
      history.updated({ updatedAt: 3, at: 3 }, ann)
      history.deleted({ at: 4 })
    },
  },
  'deleted twice': {
    entities: REPRESENTATIVES,
    fill(history) {
      history.deleted({ at: 3 })
      history.created({ at: 1 }, ann)
      history.deleted({ at: 2 })
    },
  },
}

/** Every permutation of small histories, or as many as `orders` allows, with every outcome on the way. */
export const order: Section = (stage, it) => {
  for (const [name, { entities, fill }] of Object.entries(histories)) {
    for (const entity of entities) {
      for (const onDelete of stage.modes) {
        for (const hooks of [false, true]) {
          const title = `${entity}: ${name}, ${onDelete === 'keep' ? 'deletes keep, ' : ''}hooks ${hooks ? 'on' : 'off'}`
          it(`${title}: every order ends in the same row`, async () => {
            const processes = await stage.processes('plain', 2)
            const queue = orders(stage, entity, fill)
            await Promise.all(processes.map((process) => walk(stage, process, queue, onDelete, hooks)))
          })
        }
      }
    }
  }
}

/** Plays one order after another, until the queue is empty. */
async function walk(
  stage: Stage,
  process: Process,
  queue: { history: History; order: readonly number[] }[],
  onDelete: OnDelete,
  hooks: boolean,
): Promise<void> {
  const sync = stage.sync(process, { onDelete, hook: hooks ? stage.welcome : undefined })
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { history, order } = next
    const setting = settingOf(history, onDelete)
    const applied: KitEvent[] = []
    for (const index of order) {
      const event = history.events[index]
      if (!event) continue
      const outcome = await sync.apply(event.event)
      const symptom = `the outcome of ${event.kind} after [${applied.map(({ kind }) => kind)}]`
      expectSame(outcome, expectedOutcome(setting, applied, event), symptom)
      applied.push(event)
    }
    const newest = applied.reduce((best, event) => (best.version > event.version ? best : event))
    expectSame(
      await sync.apply(newest.event),
      hooks ? 'duplicate' : 'unchanged',
      'the newest event, delivered once more',
    )
    const sequence = applied.map(({ event }) => `${event.type}@${event.timestamp}`).join(', ')
    await stage.expectRow(setting, history.events, `the row depends on the order: ${sequence}`)
    if (hooks) await stage.expectEffects(history.events)
  }
}

function orders(
  stage: Stage,
  entity: Entity,
  fill: (history: History) => void,
): { history: History; order: readonly number[] }[] {
  const filled = (): History => {
    const history = stage.history('plain', entity)
    fill(history)
    return history
  }
  return stage.someOf(permutations(filled().events.length)).map((order) => ({ history: filled(), order }))
}
