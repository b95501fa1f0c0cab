import type { Consumer, DeliveryQueue } from '@clerk-sync/queue'
import { enqueue } from '@clerk-sync/queue'
import { expect, onTestFinished } from 'vitest'
import { openApplication } from './application.ts'
import { applicationDatabase } from './database.ts'
import { answerTo } from './flood.ts'
import { signUp } from './messages.ts'

/** Longer than the engine hides a message that is being worked on. */
const HOOK_MS = 2500

/** Two workers get one message, since the first is slower than the engine waits: its effect happens once. */
export async function expectOneEffect(
  suite: string,
  { queue, left }: { readonly queue: DeliveryQueue; left(): Promise<number> },
  start: (consumer: Consumer) => Promise<() => Promise<unknown>>,
): Promise<void> {
  const database = await applicationDatabase(suite)
  const { clerkSync, close } = openApplication(database.url, { hookMs: HOOK_MS })
  onTestFinished(close)
  let received = 0
  const counted: Consumer = {
    ...clerkSync,
    async verify(delivery, options) {
      received++
      return clerkSync.verify(delivery, options)
    },
  }
  const ends = [await start(counted), await start(counted)]
  expect(await answerTo(enqueue(clerkSync, queue), signUp('user_1'))).toBe('queued')
  await expect.poll(() => received, { timeout: 10_000 }).toBeGreaterThan(1)
  await expect.poll(left, { timeout: 15_000 }).toBe(0)
  for (const end of ends) await end()
  expect(await database.welcomed()).toEqual(['user_1'])
}
