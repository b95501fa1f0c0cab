// What `link` may be, and what is filled in: a rule that says something else than its author meant links the wrong row.
import { describe, expect, test } from 'vitest'
import { createClerkSync } from '../src/index.ts'
import { resolveLink } from '../src/linking/link-options.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { failsWith } from './clerk-api/setting.ts'

const adapter = memoryAdapter({ users: { columns: { email: {}, legacyId: {} } } })
const proven = (row: object) => Reflect.get(row, 'isProven') === true
const by = () => 'l_1'
const resolve = (link: object, of: Partial<typeof adapter> = {}, more?: readonly string[]) =>
  resolveLink('backfill: link', link, { ...adapter, ...of }, more)

describe('what is left out', () => {
  test.each<[link: object, rules: object]>([
    [
      { by: 'email', proven },
      { by: 'email', column: 'email', proven, adminVerified: false, overwrite: false },
    ],
    [
      { by: 'email', column: 'address', proven, adminVerified: true, overwrite: true },
      { by: 'email', column: 'address', proven, adminVerified: true, overwrite: true },
    ],
    [
      { by: 'external_id', column: 'legacyId', proven, overwrite: true },
      { by: 'external_id', column: 'legacyId', proven, adminVerified: false, overwrite: true },
    ],
    [
      { by, column: 'legacyId', proven, adminVerified: false },
      { by, column: 'legacyId', proven, adminVerified: false, overwrite: false },
    ],
  ])('of %o', (link, rules) => {
    expect(resolve(link)).toEqual(rules)
  })

  test.each(['external_id', by] as const)('by %s, any row may be linked', (one) => {
    expect(resolve({ by: one, column: 'legacyId' }).proven({})).toBe(true)
  })
})

describe('refuses', () => {
  test.each<[what: string, link: unknown, message: RegExp]>([
    ['no object', 'email', /^backfill: link takes an object with by, column, proven, adminVerified, overwrite\.$/],
    ['nothing to go by', { column: 'legacyId' }, /^backfill: link\.by is 'email', 'external_id', or a function/],
    ['another field of Clerk’s', { by: 'username', column: 'legacyId' }, /^backfill: link\.by is/],
    ['an external id without a column', { by: 'external_id' }, /^backfill: link\.column must name the column/],
    ['a function without a column', { by }, /\.column must name/],
    ['a column without a name', { by: 'email', column: '', proven }, /\.column must name/],
    ['a column that is no name', { by: 'external_id', column: 7 }, /\.column must name/],
    [
      'an address that nobody has proven',
      { by: 'email' },
      /^backfill: link\.proven must be a function.*another's account/,
    ],
    ['a proof that is no function', { by: 'email', proven: true }, /\.proven must be a function/],
    ['the same by an external id', { by: 'external_id', column: 'legacyId', proven: true }, /\.proven must be a/],
    [
      'adminVerified by a function',
      { by, column: 'legacyId', adminVerified: true },
      /adminVerified is for by: 'email'/,
    ],
    [
      'adminVerified that is a word',
      { by: 'email', proven, adminVerified: 'no' },
      /^backfill: link\.adminVerified is true, or/,
    ],
    [
      'overwrite that is a word',
      { by: 'email', proven, overwrite: 'no' },
      /^backfill: link\.overwrite is true, or false/,
    ],
    ['verified for proven', { by: 'email', verified: proven }, /"verified": did you mean "proven"/],
    ['where for proven', { by: 'email', where: proven }, /"where": did you mean "proven"/],
    ['filter for proven', { by: 'email', filter: proven }, /"filter": did you mean "proven"/],
    ['key for column', { by: 'external_id', key: 'legacyId' }, /"key": did you mean "column"/],
    [
      'until, where there is no end',
      { by: 'email', proven, until: new Date() },
      /backfill: link has no option "until"/,
    ],
  ])('%s', (_, link, message) => {
    expect(() => resolve(link as object)).toThrow(failsWith('config_invalid', message))
  })

  test('an adapter without users, and one that cannot link', () => {
    const link = { by: 'email', proven }
    const organizations = memoryAdapter({ organizations: { columns: { name: {} } } })
    expect(() => resolve(link, { tables: organizations.tables })).toThrow(
      failsWith('config_invalid', /^backfill: link: memory was given no table of users\.$/),
    )
    const { linking: _, ...cannot } = adapter
    expect(() => resolveLink('backfill: link', link, cannot)).toThrow(
      failsWith(
        'config_invalid',
        /^backfill: link: memory cannot link rows.*leave link out; the page "Adopting a table"/,
      ),
    )
  })

  test('at delivery, by the name of its own option', () => {
    const link = (given: object) => () => createClerkSync({ adapter, link: given as never })
    expect(link({ by: 'email', until: new Date() })).toThrow(
      failsWith('config_invalid', /^createClerkSync: link\.proven must be a function/),
    )
    expect(link({ by: 'email', proven, ends: new Date() })).toThrow(/createClerkSync: link has no option "ends".*until/)
    expect(link({ by: 'email', proven, until: new Date() })).not.toThrow()
  })
})
