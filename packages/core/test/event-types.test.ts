import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ClerkEventType } from '../src/index.ts'
import { deleted, EVENT_TYPES, envelope, membership, organization, session, user } from './fixtures/payloads.ts'
import { requestFor } from './fixtures/signing.ts'
import { send, syncOf } from './fixtures/sync.ts'

/** What an event type does to an empty store. */
function outcomeOf(type: string): string {
  if (/^(user|organization|organizationMembership)\.deleted$/.test(type)) return 'deleted'
  return /^(user|organization|organizationMembership|session)\./.test(type) ? 'created' : 'ignored'
}

function dataOf(type: ClerkEventType): object {
  if (type === 'user.deleted') return deleted('user_1')
  if (type === 'organization.deleted') return deleted('org_1', 'organization')
  if (type.startsWith('user.')) return user()
  if (type.startsWith('organization.')) return organization()
  if (type.startsWith('organizationMembership.')) return membership()
  if (type.startsWith('session.')) return session()
  return { object: type.replace(/\..*/, ''), id: 'x_1' }
}

// The compiler's half: no type that Clerk's package knows is missing from the list.
EVENT_TYPES satisfies readonly (Exclude<ClerkEventType, (typeof EVENT_TYPES)[number]> extends never ? string : never)[]

test('there are 46 types', () => {
  expect(new Set(EVENT_TYPES).size).toBe(46)
})

describe.each(EVENT_TYPES)('%s', (type) => {
  const body = envelope(type, dataOf(type))

  test('is stored, or ignored', async () => {
    const clerkSync = syncOf()
    expect(await send(clerkSync, body)).toMatchObject({ status: 200, body: `{"outcome":"${outcomeOf(type)}"}` })
    expect(clerkSync.stored()).toHaveLength(outcomeOf(type) === 'ignored' ? 0 : 1)
  })

  test('reaches its hook, once', async () => {
    const seen: unknown[] = []
    const clerkSync = syncOf({ on: { [type]: ({ event }: { event: { type: string } }) => seen.push(event.type) } })
    const outcome = outcomeOf(type) === 'ignored' ? 'unchanged' : outcomeOf(type)
    expect(await send(clerkSync, body, 'msg_1')).toMatchObject({ status: 200, body: `{"outcome":"${outcome}"}` })
    expect(await send(clerkSync, body, 'msg_1')).toMatchObject({ status: 200, body: '{"outcome":"duplicate"}' })
    expect(seen).toEqual([type])
  })
})

// Payloads that Clerk documents, and some that were captured, lie beside the repository on some machines. They are held
// against the same expectations; the factories above carry them everywhere.
const PAYLOADS = new URL('../../../../shared/payloads/', import.meta.url)
const files = existsSync(PAYLOADS) ? readdirSync(PAYLOADS).filter((name) => name.endsWith('.json')) : []
const samples = files.map((name) => ({ name, body: readFileSync(new URL(name, PAYLOADS), 'utf8') }))

for (const { name, body } of samples) {
  const { type, data } = asEvent(JSON.parse(body))
  const sent = type === 'user.created' ? envelope(type, data) : body

  describe(name, () => {
    test('is stored as the record says, or ignored', async () => {
      const clerkSync = syncOf()
      expect(await send(clerkSync, sent)).toMatchObject({ status: 200, body: `{"outcome":"${outcomeOf(type)}"}` })
      const request = requestFor(sent)
      expect(await clerkSync.verify({ headers: request.headers, body: sent })).toMatchObject({ type, data })
      if (type !== 'user.created') return
      const primary = data.email_addresses.find((address) => address.id === data.primary_email_address_id)
      expect(clerkSync.adapter.rows('user')).toMatchObject([
        {
          id: data.id,
          email: primary?.email_address ?? null,
          firstName: data.first_name,
          imageUrl: data.image_url,
          clerkVersion: expect.stringMatching(new RegExp(`^${data.updated_at}[0-9]{20}$`)),
        },
      ])
    })
  })
}

interface Sample {
  type: string
  data: ReturnType<typeof user>
}

/** A file holds an event, or a user as the Backend API gives it. */
function asEvent(json: Sample | Sample['data']): Sample {
  return 'type' in json ? json : { type: 'user.created', data: json }
}
