import { setTimeout } from 'node:timers/promises'
import { db } from './database.ts'
import { sendMail } from './mail.ts'
import { sendNext } from './outbox.ts'

const PAUSE_MS = 500

let stopping = false
process.once('SIGTERM', () => {
  stopping = true
})

while (!stopping) {
  const sent = await sendNext(db, sendMail).catch((error: unknown) => {
    console.error('the outbox is out of reach', error)
    return false
  })
  if (!sent) await setTimeout(PAUSE_MS)
}
await db.$client.end()
