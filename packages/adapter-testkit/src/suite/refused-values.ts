import { type ClerkEvent, ClerkSyncError, createClerkSync } from '@clerk-sync/core'
import type { SyncAdapter } from '@clerk-sync/core/adapter'
import { type Facts, REPRESENTATIVES } from '../entities.ts'
import { expectRejection, expectSame } from '../expect.ts'
import { rowValues } from '../row.ts'
import { type KitRows, settingOf } from '../stage.ts'
import type { Section } from './section.ts'

const R = '\uFFFD'

/** What some database refuses, and what is stored for it on every one. */
const replaced: Readonly<Record<string, readonly [sent: Partial<Facts>, stored: Partial<Facts>]>> = {
  'NUL in a text': [
    { name: 'a\0b\0', email: '\0' },
    { name: `a${R}b${R}`, email: R },
  ],
  'half a surrogate pair in a text': [
    { name: '🦊'.slice(0, 1), email: 'a\uDC00b🦊' },
    { name: R, email: `a${R}b🦊` },
  ],
  'NUL and half a surrogate pair in JSON, also in its keys': [
    { metadata: { 'k\0': ['\0', { '\uD800': 'x\uDFFFy' }], ['__proto__']: '\0' } },
    { metadata: { [`k${R}`]: [R, { [R]: `x${R}y` }], ['__proto__']: R } },
  ],
  'JSON as deep as every database takes it': [{ metadata: nested(31, 1) }, { metadata: nested(31, 1) }],
  'JSON deeper than MariaDB takes it': [{ metadata: nested(32, 1) }, { metadata: nested(31, R) }],
  'JSON deeper than MySQL takes it': [{ metadata: nested(120, 1) }, { metadata: nested(31, R) }],
  'JSON thousands deep': [{ metadata: nested(4000, 1) }, { metadata: nested(31, R) }],
  'a date after the year 9999': [{ date: 9e14 }, { date: Date.UTC(9999, 11, 31) }],
  'a date before the year 1000': [{ date: -6e13 }, { date: Date.UTC(1000, 0, 1) }],
}

/** What only JavaScript lets a map return for a text; drivers have made SQL of some. */
const otherKinds: Readonly<Record<string, unknown>> = {
  'an array': ["a', banned = true -- ", 'b'],
  'an array of arrays': [['a'], ['b']],
  'an object': { email: 'other@example.com', banned: true },
  'a number': 5,
  'a flag': true,
  'a bigint': 5n,
  'a Date': new Date(0),
}

const badIds: Readonly<Record<string, string>> = {
  'that is not ASCII': 'ä',
  'with NUL': '\0',
  'with half a surrogate pair': '\uD83E',
  'with a space': ' ',
}

/** One value that a database refuses must not keep the rest of the row from being stored: bans and locks, say. */
export const refusedValues: Section = (stage, it) => {
  for (const [name, [sent, stored]] of Object.entries(replaced)) {
    it(`${name}: the row is stored, with U+FFFD or the nearest date in its place`, async () => {
      const process = await stage.process('plain')
      for (const entity of REPRESENTATIVES) {
        for (const hook of [undefined, stage.welcome]) {
          const history = stage.history('plain', entity)
          const events = [
            history.created({ at: 1 }, { ...sent, flag: true }),
            history.updated({ at: 2 }, { name: 'Between' }),
            history.updated({ at: 3 }, { ...sent, flag: true }),
          ]
          for (const { event } of events) await stage.sync(process, { hook }).apply(event)
          const values = rowValues(history.table, history.key, { ...stored, flag: true })
          const expected = events.map((event) => ({ ...event, values }))
          await stage.expectRow(settingOf(history), expected, `${name} is not stored alike on every database`)
        }
      }
    })
  }

  for (const [name, value] of Object.entries(otherKinds)) {
    it(`${name} for a text is stored as one, or refused with the column's name: it touches no other column`, async () => {
      const history = stage.history('plain')
      const { event } = history.created({ at: 1 }, { email: 'ann@example.com' })
      try {
        const map = { user: (_: object, record: object) => ({ ...record, firstName: value as string }) }
        const { adapter } = await stage.process('plain')
        const sync = createClerkSync({ adapter: adapter as SyncAdapter<KitRows>, map })
        await sync.apply(event)
      } catch (error) {
        if (!ClerkSyncError.is(error) || error.code !== 'config_invalid') throw error
        expectSame(error.message.includes('firstName'), true, `${name} is refused without the name of the column`)
        expectSame(await stage.row('users', history.key), undefined, `${name} is refused, and written`)
        return
      }
      const row = await stage.row('users', history.key)
      const { email, banned, publicMetadata } = row ?? {}
      const expected = { email: 'ann@example.com', banned: false, publicMetadata: null }
      expectSame({ email, banned, publicMetadata }, expected, `${name} for a text was written into other columns`)
    })
  }

  for (const [name, bad] of Object.entries(badIds)) {
    it(`a key or a message id ${name} is refused before anything is written`, async () => {
      const process = await stage.process('plain')
      const ofKey = stage.history('plain', 'user', stage.fresh('user') + bad)
      const ofMessage = stage.history('plain')
      const { event } = ofMessage.created({ at: 1 })
      const message: ClerkEvent = { ...event, id: event.id + bad }
      const sync = stage.sync(process, { hook: stage.welcome })
      for (const refused of [ofKey.created({ at: 1 }).event, message]) {
        const error = await expectRejection('payload_invalid', sync.apply(refused), `an id ${name} was taken`)
        expectSame(ClerkSyncError.is(error) && error.message.includes('ASCII'), true, 'the error does not say why')
      }
      // An id that a database refuses can be in no row of it.
      expectSame(await stage.row('users', ofMessage.key), undefined, `an event whose id is ${name} was written`)
      await sync.apply(event)
      await stage.expectRow(settingOf(ofMessage), ofMessage.events, `the same event with an id that is one`)
    })
  }
}

/** Objects and lists by turns, an object outermost. */
function nested(depth: number, innermost: unknown): Record<string, unknown> {
  return { a: depth === 1 ? innermost : [depth === 2 ? innermost : nested(depth - 2, innermost)] }
}
