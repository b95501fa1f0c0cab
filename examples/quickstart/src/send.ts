// Sends one signed delivery, as Clerk would:
//   npm run send user.created
//   npm run send user.updated user_… first_name=Ada last_name=King
//   npm run send user.deleted user_…
import type { ClerkEventType } from '@clerk-sync/core'
import { clerkEvent } from '@clerk-sync/testing'
import { deletedEvent, deliver, type Message, message, newId, userEvent } from './clerk.ts'

const [type = '', ...rest] = process.argv.slice(2)
const secret = process.env.CLERK_WEBHOOK_SIGNING_SECRET
const server = process.env.SERVER_URL ?? `http://127.0.0.1:${process.env.PORT || 3000}`

if (!type.includes('.') || !secret) {
  console.error('usage: CLERK_WEBHOOK_SIGNING_SECRET=whsec_… npm run send EVENT [ID] [field=value …]')
  console.error('such as: npm run send user.created first_name=Ada last_name=Lovelace email=ada@example.com')
  process.exit(1)
}
try {
  const sent = makeMessage()
  const { status, said } = await deliver(sent, `${server}/api/webhooks/clerk`, secret)
  console.log(`${sent.type} ${JSON.parse(sent.body).data.id}: ${status} ${said}`)
  process.exitCode = status === 200 ? 0 : 1
} catch (_error) {
  console.error(`error: no answer from ${server}. Is the server running? (npm run serve)`)
  process.exitCode = 1
}

function makeMessage(): Message {
  const id = rest.find((argument) => !argument.includes('='))
  const fields = Object.fromEntries(rest.filter((one) => one.includes('=')).map((one) => one.split(/=(.*)/s)))
  const now = Date.now()
  switch (type) {
    case 'user.created':
    case 'user.updated': {
      const { first_name: firstName = 'Ada', last_name: lastName = 'Lovelace', email = 'ada@example.com' } = fields
      const phoneNumber: string | undefined = fields.phone_number
      return userEvent(
        type,
        { id: id ?? newId('user'), firstName, lastName, email, phoneNumber: phoneNumber ?? null },
        now,
      )
    }
    case 'user.deleted':
    case 'organization.deleted':
      return deletedEvent(type, id ?? newId('user'), now)
    default: {
      const given = id === undefined ? fields : { id, ...fields }
      return message(type, now, clerkEvent(type as ClerkEventType, given).data)
    }
  }
}
