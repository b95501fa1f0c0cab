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

const USERS = 100
const WORKERS = 3
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

/** Floods a queue with a history, kills all of its workers but one, each while its hook runs, and looks at the tables. */
export async function floodAndKill(name: string, { queue, url, left, dead, takeOver }: Engine): Promise<void> {
  const database = await applicationDatabase(`queue_${name.replace('-', '_')}`)
  const history = historyOf(USERS)
  const { clerkSync, close } = openApplication(database.url)
  const route = enqueue(clerkSync, queue)

  const answers = new Set<string>()
  let workers = await Promise.all(Array.from({ length: WORKERS }, () => startWorker(name, database.url, url)))
  const size = Math.ceil(history.deliveries.length / WORKERS)
  for (let from = 0; from < history.deliveries.length; from += size) {
    const atWork = Promise.race(workers.map((worker) => worker.nextHook().then(() => worker)))
    const flooding = deliverAll(route, history.deliveries.slice(from, from + size))
    if (workers.length > 1) {
      const victim = await atWork
      await sleep(Math.random() * 50)
      await victim.kill()
      await takeOver?.()
      workers = workers.filter((worker) => worker !== victim)
    }
    for (const answer of await flooding) answers.add(answer)
  }
  expect(answers).toEqual(new Set(['queued']))
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
