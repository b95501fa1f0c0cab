import { describe, expect, test } from 'vitest'
import type { ClerkEventType } from '../src/index.ts'
import { ENTITIES } from './fixtures/entities.ts'
import { EVENT_TYPES, envelope } from './fixtures/payloads.ts'
import { send, syncOf } from './fixtures/sync.ts'

const fixtures = Object.values(ENTITIES)
const outcomes: ReadonlyMap<string, string> = new Map(fixtures.flatMap((one) => Object.entries(one.outcomes)))

/** What an event type does to an empty store. */
const outcomeOf = (type: string) => outcomes.get(type) ?? 'ignored'

function dataOf(type: ClerkEventType): object {
  return fixtures.find((one) => type in one.outcomes)?.data(type) ?? { object: type.replace(/\..*/, ''), id: 'x_1' }
}

// The compiler's half: no type that Clerk's package knows is missing from the list.
EVENT_TYPES satisfies readonly (Exclude<ClerkEventType, (typeof EVENT_TYPES)[number]> extends never ? string : never)[]

test('there are 46 types', () => {
  expect(new Set(EVENT_TYPES).size).toBe(46)
})

test.each(Object.keys(ENTITIES))('every event type of %s changes its row', (entity) => {
  for (const type of EVENT_TYPES) if (type.startsWith(`${entity}.`)) expect(outcomeOf(type)).not.toBe('ignored')
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
