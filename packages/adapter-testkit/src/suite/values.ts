import { ENTITY_NAMES, type Facts, REPRESENTATIVES } from '../entities.ts'
import { expectSame, expectSuccess } from '../expect.ts'
import { YEAR_ZERO } from '../history.ts'
import { deleteOf, upsertOf, writeBatch } from '../port-changes.ts'
import { JSON_NULL } from '../row.ts'
import { settingOf } from '../stage.ts'
import type { Section } from './section.ts'

const texts: Readonly<Record<string, string>> = {
  emoji: '👩‍👩‍👧‍👦 🦊 𝒳',
  quotes: `O'Brien "the" \`best\` \\ \\' %s ?? $1 :name -- ; {}`,
  'other scripts and a combining accent': 'Ωμέγα 漢字 שלום e\u0301',
  'white space': '  a\tb\nc\r\n ',
  'the word null': 'null',
  '255 characters': 'x'.repeat(255),
}

const documents: Readonly<Record<string, Record<string, unknown>>> = {
  'an empty object': {},
  'null inside': { a: null, b: [null, { c: null }] },
  'emoji and quotes': { '🦊': `O'Brien "q" \\ \n`, "it's": '$1 ? ?? :x' },
  '64 KB': { text: 'é'.repeat(32_768) },
  'numbers and truth': { n: 1.5, big: 9007199254740991, negative: -1, yes: true, no: false },
  'what looks like a date': { at: '2026-01-01T00:00:00.000Z' },
}

const HOUR = 3_600_000

/** What Clerk sends arrives as it was sent. */
export const values: Section = (stage, it) => {
  for (const [name, text] of Object.entries(texts)) {
    it(`text: ${name}`, () => roundTrip({ name: text, email: text, metadata: { text } }))
  }
  for (const [name, metadata] of Object.entries(documents)) it(`JSON: ${name}`, () => roundTrip({ metadata }))
  for (const flag of [true, false]) it(`a flag that is ${flag}`, () => roundTrip({ flag }))

  it('null in every nullable column is NULL, in JSON columns too', () =>
    roundTrip({ email: null, name: null, metadata: null, date: null }))

  it('every column of every entity', () =>
    roundTrip({ email: 'ann@example.com', name: 'Ann', metadata: { a: 1 }, date: YEAR_ZERO, flag: true }, ENTITY_NAMES))

  it('null replaces what was there', async () => {
    const history = stage.history('plain')
    history.created(
      { at: 1 },
      { email: 'ann@example.com', name: 'Ann', metadata: { a: 1 }, date: YEAR_ZERO, flag: true },
    )
    history.updated({ at: 2 }, {})
    const sync = stage.sync(await stage.process('plain'))
    for (const { event } of history.events) await sync.apply(event)
    await stage.expectRow(settingOf(history), history.events, 'null did not replace what was there')
  })

  it('undefined is not written: the column keeps its value, or gets its default', async () => {
    const { adapter } = await stage.process('plain')
    const history = stage.history('plain')
    const created = upsertOf(history, history.created({ at: 1 }))
    const values = { email: 'ann@example.com', firstName: undefined, banned: undefined }
    await expectSuccess(adapter.upsert({ ...created, values }), 'undefined was written')
    const updated = upsertOf(history, history.updated({ at: 2 }))
    const changed = { email: undefined, firstName: 'Ann', publicMetadata: undefined, lastSignInAt: undefined }
    await adapter.upsert({ ...updated, values: changed })
    const row = await stage.row('users', history.key)
    const found = {
      email: row?.email,
      firstName: row?.firstName,
      banned: row?.banned,
      publicMetadata: row?.publicMetadata,
    }
    const expected = { email: 'ann@example.com', firstName: 'Ann', banned: false, publicMetadata: null }
    expectSame(found, expected, 'undefined was written')
  })

  it('a change without values still moves the version', async () => {
    const { adapter } = await stage.process('plain')
    const history = stage.history('plain')
    const [one, two] = [history.created({ at: 1 }), history.updated({ at: 2 })]
    const outcomes = [
      await adapter.upsert({ ...upsertOf(history, one), values: {} }),
      await adapter.upsert({ ...upsertOf(history, two), values: {} }),
      await adapter.upsert({ ...upsertOf(history, one), values: { email: 'late@example.com' } }),
    ]
    expectSame(outcomes, ['created', 'updated', 'stale'], 'outcomes of changes without values')
    const row = await stage.row('users', history.key)
    expectSame([row?.clerkVersion, row?.email], [two.version, null], 'a change without values')
  })

  it('dates keep their milliseconds, or their seconds, in any time zone', async () => {
    const precision = stage.harness.capabilities.datePrecisionMs
    const process = await stage.process('plain')
    // Summer and winter, the hour that some clocks have twice, a leap day, before daylight saving time, far ahead.
    const days = ['2026-01-01', '2026-07-01', '2025-10-26', '2024-02-29', '1971-01-01', '2037-12-31']
    for (const date of days.flatMap((day) => [0, HOUR + 123, 23 * HOUR + 59_999].map((ms) => Date.parse(day) + ms))) {
      const history = stage.history('plain')
      await stage.sync(process).apply(history.created({ at: 1 }, { date }).event)
      const row = await stage.row('users', history.key)
      const off = Math.abs(Number(row?.lastSignInAt) - date)
      if (off >= precision)
        expectSame(row?.lastSignInAt, date, 'a date is not what was written: a wrong unit or time zone?')
    }
  })

  it("a tombstone's date is the event's, to the millisecond or second", async () => {
    const { adapter } = await stage.process('plain')
    const history = stage.history('plain')
    const deletedAt = new Date(YEAR_ZERO + 123)
    await adapter.softDelete({ ...deleteOf(history, history.deleted({ at: 1 })), deletedAt })
    const off = Math.abs(Number((await stage.row('users', history.key))?.deletedAt) - deletedAt.getTime())
    if (off >= stage.harness.capabilities.datePrecisionMs)
      expectSame(off, 0, 'ms between deletedAt and the time of the event')
  })

  it('keys that differ only in case are two rows', async () => {
    const process = await stage.process('plain')
    const key = stage.fresh('user_aB')
    const histories = [key, key.replace('aB', 'Ab')].map((id) => stage.history('plain', 'user', id))
    const outcomes = []
    for (const [n, history] of histories.entries()) {
      outcomes.push(await stage.sync(process).apply(history.created({ at: 2 - n }, { name: `Name ${n}` }).event))
    }
    expectSame(outcomes, ['created', 'created'], 'keys that differ only in case are taken for one')
    for (const history of histories) {
      await stage.expectRow(settingOf(history), history.events, 'keys that differ only in case share a row')
    }
  })

  it('a key may have 255 characters', async () => {
    const history = stage.history('plain', 'user', stage.fresh('user').padEnd(255, 'x'))
    await stage.sync(await stage.process('plain')).apply(history.created({ at: 1 }).event)
    await stage.expectRow(settingOf(history), history.events, 'a key of 255 characters')
  })

  /** By a first write, by an update, and inside once; where an ORM encodes values, each can go wrong by itself. */
  async function roundTrip(facts: Partial<Facts>, entities = REPRESENTATIVES): Promise<void> {
    const process = await stage.process('plain')
    for (const entity of entities) {
      for (const hook of [undefined, stage.welcome]) {
        const history = stage.history('plain', entity)
        const sync = stage.sync(process, { hook })
        await sync.apply(history.created({ at: 1 }, facts).event)
        await stage.expectRow(settingOf(history), history.events, 'a first write is not what was sent')
        await sync.apply(history.updated({ at: 2 }, { metadata: { between: true }, name: 'Between' }).event)
        await sync.apply(history.updated({ at: 3 }, facts).event)
        await stage.expectRow(settingOf(history), history.events, 'an update is not what was sent')
      }
    }
    const { adapter } = process
    const history = stage.history('plain')
    await writeBatch(adapter, [upsertOf(history, history.created({ at: 1 }, facts))])
    await stage.expectRow(settingOf(history), history.events, 'a row of a batch is not what was sent')
  }

  it("null in a JSON column is SQL's NULL, not the JSON value null", async () => {
    const history = stage.history('plain')
    await stage.sync(await stage.process('plain')).apply(history.created({ at: 1 }, { metadata: null }).event)
    const row = await stage.row('users', history.key)
    expectSame(row?.publicMetadata === JSON_NULL, false, 'null was stored as the JSON value null')
  })
}
