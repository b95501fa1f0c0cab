// npm run story: sends the story to the running application, as Clerk would, a step every few seconds.
import { setTimeout as wait } from 'node:timers/promises'
import type { ClerkEvent } from '@clerk-sync/core'
import { signedDelivery } from '@clerk-sync/testing'
import { writeStory } from './story.ts'

const STEP_MS = 5_000

const origin = process.env.APP_URL ?? `http://localhost:${process.env.PORT ?? 3000}`
const secret = process.env.CLERK_WEBHOOK_SIGNING_SECRET
if (!secret) throw new Error('CLERK_WEBHOOK_SIGNING_SECRET is not set: give the secret that the application has.')

const { people, organizations, before, steps } = writeStory(Date.now() + STEP_MS, STEP_MS)
for (const event of before) await deliver(event)
console.log(`Look at ${origin}/organizations/${organizations.engines.slug}?as=${people.ada.id}\n`)
for (const { what, events } of steps) {
  await wait(STEP_MS)
  console.log(what)
  for (const event of events) await deliver(event)
}

async function deliver(event: ClerkEvent): Promise<void> {
  const { headers, body } = signedDelivery(event, { secret: secret ?? '' })
  const response = await fetch(`${origin}/api/webhooks/clerk`, { method: 'POST', headers, body })
  const said = await response.text()
  if (!response.ok) throw new Error(`${event.type} was answered ${response.status}: ${said}`)
  console.log(`  ${event.type.padEnd(32)} ${said}`)
}
