import { setTimeout as sleep } from 'node:timers/promises'
import type { SignedDelivery } from '@clerk-sync/core'
import { toNodeHandler } from '@clerk-sync/core/node'
import { afterAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { checkHost, hostConformance } from '../src/index.ts'
import { library, SECRET, serve } from './server.ts'

type ClerkSync = ReturnType<typeof library>['clerkSync']

/** A route with a queue in memory. */
function routeWithQueue({ receive }: ClerkSync, put: (delivery: SignedDelivery) => void) {
  const queue = async (delivery: SignedDelivery) => {
    put(delivery)
    return true
  }
  return toNodeHandler({ receive: (delivery) => receive(delivery, { queue }) })
}

/** Its worker, which begins after the answer, and tries until the database is there. */
async function work(clerkSync: ClerkSync, { id, timestamp, signature, body }: SignedDelivery): Promise<void> {
  await sleep(Math.random() * 20)
  const headers = { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signature }
  const event = await clerkSync.verify({ headers, body }, { anyAge: true })
  const isStored = () =>
    clerkSync.apply(event).then(
      () => true,
      () => false,
    )
  while (!(await isStored())) await sleep(10)
}

const { clerkSync, read, database } = library()
const works: Promise<void>[] = []
const { url, close } = await serve(routeWithQueue(clerkSync, (delivery) => void works.push(work(clerkSync, delivery))))
afterAll(async () => {
  await Promise.all(works)
  await close()
})

hostConformance({ runner: { describe, it }, url, secret: SECRET, read, database, repeatedHeaders: true })

test('that there is a queue is told, also where the rows are not looked at', async () => {
  const results = await checkHost({ url, secret: SECRET })
  expect(results.filter(({ failure }) => failure !== undefined)).toEqual([])
  expect(new Set(results.map(({ queued }) => queued))).toEqual(new Set([true]))
})

test('a queue without a worker is found by the rows, and is waited for once', async () => {
  const given = library()
  const idle = await serve(routeWithQueue(given.clerkSync, () => {}))
  onTestFinished(idle.close)
  const results = await checkHost({ url: idle.url, secret: SECRET, read: given.read })
  expect(results[0]?.failure).toMatch(/A created user is not stored: the row is absent, .* see that its worker runs/)
  expect(results.filter(({ failure }) => failure !== undefined).length).toBeGreaterThan(4)
}, 30_000)

test('a host that says "queued" to everything is failed', async () => {
  const liar = await serve((request, response) => {
    request.resume()
    response.end('{"outcome":"queued"}')
  })
  onTestFinished(liar.close)
  const results = await checkHost({ url: liar.url, secret: SECRET })
  const failed = results.filter(({ failure }) => failure !== undefined).map(({ name }) => name.split(/[:,]/)[0])
  expect(failed).toEqual([
    'a body that was tampered with',
    'no signature',
    'a delivery that was signed an hour ago',
    'GET',
    'a body of 2 MiB',
  ])
})
