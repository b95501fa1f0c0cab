import { setTimeout as sleep } from 'node:timers/promises'
import type { ClerkEvent } from '@clerk-sync/core'
import type { DeliveryQueue, QueueRoute } from '@clerk-sync/queue'
import { enqueue } from '@clerk-sync/queue'
import { signedDelivery } from '@clerk-sync/testing'
import { expect } from 'vitest'
import { openApplication, SECRET } from './application.ts'
import { startWorker } from './child.ts'
import { applicationDatabase } from './database.ts'
import { historyOf } from './history.ts'

const USERS = 120
const KILLS = 3
const IN_FLIGHT = 32

/** An engine with an empty queue. */
export interface Engine {
  readonly queue: DeliveryQueue
  /** What its workers are given. */
  readonly url: string
  /** How many messages wait or are under way, read from the engine itself. */
  left(): Promise<number>
  /** How many are among its dead letters. */
  dead(): Promise<number>
  /** Where a dead worker's messages are not taken over by themselves in the time of a test. */
  takeOver?(): Promise<unknown>
}

/** Floods a queue with a history, kills its workers at random, and looks at the tables. */
export async function floodAndKill(name: string, { queue, url, left, dead, takeOver }: Engine): Promise<void> {
  const database = await applicationDatabase(`queue_${name.replace('-', '_')}`)
  const history = historyOf(USERS)
  const { clerkSync, close } = openApplication(database.url)
  const route = enqueue(clerkSync, queue)

  const flooding = deliverAll(route, history.deliveries)
  const start = () => startWorker(name, database.url, url)
  let workers = await Promise.all([start(), start()])
  for (let kills = 0; kills < KILLS; kills++) {
    const [victim, ...others] = workers
    await Promise.race(workers.map(({ hook }) => hook))
    await sleep(Math.random() * 60)
    await victim?.kill()
    await takeOver?.()
    workers = [...others, await start()]
  }
  expect(await flooding).toEqual(new Set(['queued']))
  await expect.poll(left, { timeout: 30_000, interval: 100 }).toBe(0)
  await close()
  expect(await dead()).toBe(0)
  await database.expectEnd(history)
}

/** Sends deliveries as Svix does, many at once, and gives the outcomes and codes that there were. */
export async function deliverAll(route: QueueRoute, events: readonly ClerkEvent[]): Promise<ReadonlySet<string>> {
  const answers = new Set<string>()
  const waiting = [...events]
  const deliver = async () => {
    for (let event = waiting.pop(); event; event = waiting.pop()) answers.add(await answerTo(route, event))
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, deliver))
  return answers
}

export async function answerTo(route: QueueRoute, event: ClerkEvent): Promise<string> {
  const result = await route.receive(signedDelivery(event, { secret: SECRET }))
  return result.ok ? result.outcome : result.error.code
}
