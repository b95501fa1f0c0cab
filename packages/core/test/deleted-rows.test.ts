// What deletes leave of a row, and what check() is told of it: no mapped value stays that a column can do without.
import { describe, expect, test, vi } from 'vitest'
import { createClerkSync } from '../src/index.ts'
import { type GivenMaps, resolveMappings } from '../src/mapping/resolve-mapping.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import type { ColumnInfo, DeleteMode, Entity } from '../src/port/sync-adapter.ts'
import { failsWith } from './clerk-api/setting.ts'

type Columns = Readonly<Record<string, ColumnInfo>>

function mappingOf(entity: Entity, columns: Columns, mode: DeleteMode, maps: GivenMaps = {}) {
  const mapping = resolveMappings({ [entity]: { name: 'things', columns } }, maps, () => mode)[entity]
  if (!mapping) throw new Error('It has a table.')
  return mapping
}

const GONE = { id: 'user_1' }
const named = (email: unknown) => ({ user: () => ({ email }) })

describe('a column of a deleted user', () => {
  test.each<[what: string, info: ColumnInfo, erase: object, keep: object]>([
    ['that is not said to take no NULL is NULL', {}, { email: null }, {}],
    ['that takes NULL is NULL', { nullable: true }, { email: null }, {}],
    ['that takes none has what stands for nothing', { nullable: false, emptyValue: '' }, { email: '' }, { email: '' }],
    ['that takes NULL is NULL all the same', { nullable: true, emptyValue: '' }, { email: null }, {}],
  ])('%s', (_, info, erase, keep) => {
    expect(mappingOf('user', { email: info }, 'erase', named('a@x.org')).deletedValues(GONE)).toEqual(erase)
    expect(mappingOf('user', { email: info }, 'keep', named('a@x.org')).deletedValues(GONE)).toEqual(keep)
    expect(mappingOf('user', { email: info }, 'remove', named('a@x.org')).deletedValues(GONE)).toEqual({})
  })

  test('that takes no NULL, and has nothing that stands for it, is the map’s', () => {
    const columns = { email: { nullable: false } }
    const open = (deletedUser?: unknown) =>
      mappingOf('user', columns, 'erase', { ...named('a@x.org'), ...(deletedUser !== undefined && { deletedUser }) })
    expect(() => open()).toThrow(failsWith('config_invalid', /needs a value in email, which is NOT NULL/))
    expect(open(({ id }: { id: string }) => ({ email: `gone-${id}` })).deletedValues(GONE)).toEqual({
      email: 'gone-user_1',
    })
    expect(() => open(() => ({ email: undefined }))).toThrow(/needs a value in email/)
    expect(() => open(() => ({ email: 'x', name: 'y' }))).toThrow(/returns "name", which map\.user does not fill/)
    expect(() => mappingOf('user', columns, 'remove', { ...named('a'), deletedUser: () => ({}) })).toThrow(
      /nothing is left to fill/,
    )
  })

  test('is tried at set-up, with a sample of each kind', () => {
    const throwing = () => {
      throw new Error('no such column')
    }
    const open = (deletedUser: unknown) => mappingOf('user', { email: {} }, 'erase', { ...named('a'), deletedUser })
    const onSample = /map\.deletedUser threw on a sample that it is tried with at set-up/
    expect(() => open(throwing)).toThrow(failsWith('config_invalid', onSample))
    let tried = 0
    const later = () => {
      if (++tried > 2) throwing()
      return { email: null }
    }
    const { deletedValues } = open(later)
    expect(() => deletedValues(GONE)).toThrow(failsWith('config_invalid', /threw on what Clerk sent/))
  })

  test('that the map leaves out is not written', () => {
    const columns = { email: {}, own: {} }
    expect(mappingOf('user', columns, 'erase', named('a')).deletedValues(GONE)).toEqual({ email: null })
  })

  test('says what the default map does not fill', () => {
    const deletedUser = () => ({ own: 1 })
    expect(() => mappingOf('user', { email: {}, own: {} }, 'erase', { deletedUser })).toThrow(
      /returns "own", which the default map does not fill/,
    )
  })
})

describe('a membership, whose delete carries it whole,', () => {
  const map = {
    organizationMembership: (_: unknown, record: { userId: string; role: string }) => ({
      userId: record.userId,
      role: record.role,
    }),
  }
  const deleted = {
    object: 'organization_membership',
    id: 'orgmem_1',
    role: 'org:admin',
    organization: { id: 'org_1' },
    public_user_data: { user_id: 'user_1' },
  }

  test('keeps what takes no NULL, and nothing else', () => {
    const columns = { userId: { nullable: false }, role: { nullable: true } }
    const { deletedValues } = mappingOf('organizationMembership', columns, 'erase', map)
    expect(deletedValues(deleted)).toEqual({ userId: 'user_1', role: null })
  })

  test('keeps also what is not said to take NULL', () => {
    const { deletedValues } = mappingOf('organizationMembership', { userId: {}, role: {} }, 'erase', map)
    expect(deletedValues(deleted)).toEqual({ userId: 'user_1', role: 'org:admin' })
  })

  test('has what its own map says before what it carries', () => {
    const columns = { userId: { nullable: false }, role: { nullable: false } }
    const deletedOrganizationMembership = () => ({ role: 'none' })
    const own = mappingOf('organizationMembership', columns, 'erase', { ...map, deletedOrganizationMembership })
    expect(own.deletedValues(deleted)).toEqual({ userId: 'user_1', role: 'none' })
  })
})

describe('check() is told', () => {
  const tables = {
    users: { columns: { email: {}, firstName: {} } },
    sessions: { columns: { status: {} } },
    emailAddresses: { columns: { emailAddress: {} } },
  } as const

  async function toldOf(options: object = {}) {
    const adapter = memoryAdapter(tables, { deadLetters: true })
    const check = vi.spyOn(adapter, 'check')
    await createClerkSync({ adapter, logger: false, ...options }).check()
    return check.mock.calls[0]?.[0]
  }

  test('which columns the maps fill, of the tables of parts as well', async () => {
    expect(await toldOf()).toMatchObject({
      mapped: { user: ['email', 'firstName'], session: ['status'] },
      mappedParts: { emailAddress: ['emailAddress'] },
    })
    expect(await toldOf()).not.toHaveProperty('linkedBy')
  })

  test('by which column rows are linked', async () => {
    const link = { by: 'external_id', column: 'firstName', until: new Date(Date.now() + 60_000) }
    expect(await toldOf({ link })).toMatchObject({ linkedBy: { user: 'firstName' } })
  })

  test('what the maps give of a sample, and of each status alone', async () => {
    const { samples } = (await toldOf()) ?? {}
    expect(samples?.user).toHaveLength(1)
    const statuses = ['pending', 'ended', 'removed', 'revoked', 'expired', 'abandoned', 'replaced']
    expect(samples?.session).toEqual(['active', 'active', ...statuses].map((status) => ({ status })))
  })

  test('which status a map does not take, and goes on', async () => {
    const session = (_: unknown, { status }: { status: string }) => ({
      status: status === 'revoked' ? undefined : status,
    })
    const adapter = memoryAdapter({ sessions: { columns: { status: { required: true } } } })
    const check = vi.spyOn(adapter, 'check')
    const problems = await createClerkSync({ adapter, logger: false, map: { session } as never }).check()
    const refused = problems.filter(({ severity }) => severity === 'error')
    expect(refused.map(({ table, message }) => [table, message])).toEqual([
      [
        'sessions',
        expect.stringMatching(/^sessions: Clerk sends status "revoked", and it is answered 500: map\.session /),
      ],
    ])
    expect(check.mock.calls[0]?.[0]?.samples?.session).toHaveLength(8)
  })

  test('what deletes leave: of two that were the same but for their ids', async () => {
    const erased = { email: null, firstName: null }
    expect((await toldOf())?.tombstones).toEqual({
      user: { mode: 'erase', written: erased, held: [erased, erased] },
      session: undefined,
    })
    const kept = (await toldOf({ onDelete: 'keep' }))?.tombstones?.user
    expect(kept).toMatchObject({ mode: 'keep', written: {} })
    expect(kept?.held[0]).toEqual(kept?.held[1])
    expect(kept?.held[0]).toMatchObject({ email: expect.stringMatching(/@/) })
    const map = { user: ({ id }: { id: string }) => ({ email: id }) }
    const [one, other] = (await toldOf({ onDelete: 'keep', map }))?.tombstones?.user?.held ?? []
    expect([one?.email, other?.email]).toEqual([expect.stringMatching(/^user_\w+_1$/), expect.stringMatching(/_2$/)])
  })

  test('nothing of deletes that remove the row', async () => {
    const beside = memoryAdapter({ users: { columns: { email: {} }, versions: 'beside' } })
    const check = vi.spyOn(beside, 'check')
    await createClerkSync({ adapter: beside, logger: false, onDelete: 'remove' }).check()
    expect(check.mock.calls[0]?.[0]?.tombstones).toEqual({ user: undefined })
  })
})
