// What proves that Clerk does not have one any more: a wrong proof deletes a row.
import { describe, expect, test } from 'vitest'
import { Absence } from '../../src/clerk-api/absence.ts'
import type { Answer } from '../../src/clerk-api/clerk-api.ts'
import { answer, clerk, notFound, time } from './scripted.ts'

describe('one is absent', () => {
  const owners = { organization: 'org_1', user: 'user_1' }
  const member = (
    given: Partial<Record<'list' | 'organization' | 'user', Answer>>,
    pages: readonly object[][] = [[]],
  ) => {
    const { api, asked } = clerk((path, { offset = 0 }) => {
      if (path.endsWith('/memberships')) {
        const before = pages.flat().length
        return (
          given.list ??
          answer({ data: pages.find((_, n) => pages.slice(0, n).flat().length === offset) ?? [], total_count: before })
        )
      }
      return (path.startsWith('/organizations') ? given.organization : given.user) ?? answer({ id: 'there' })
    })
    const absence = new Absence(api)
    return { absence, asked, ask: () => absence.of('organizationMembership', 'orgmem_1', owners) }
  }

  test('where its own 404 says so, and not where it is there', async () => {
    const user = (given: Answer) => new Absence(clerk(() => given).api).of('user', 'user_1', {})
    expect(await user(notFound)).toEqual({ is: 'absent', orphaned: false, time })
    expect(await user(answer({ id: 'user_1' }))).toMatchObject({ is: 'there', snapshot: { id: 'user_1' }, time })
    await expect(user(answer({ id: 'user_2' }))).rejects.toThrow(/another id than was asked for/)
    await expect(user(answer({}, 404, 'other'))).rejects.toThrow(/status 404 \(other\)/)
  })

  test('is asked for by an id as it is in an address', async () => {
    const { api, asked } = clerk(() => notFound)
    await new Absence(api).of('user', 'user_1/../2', {})
    expect(asked).toEqual(['/users/user_1%2F..%2F2'])
  })

  test('where its owner’s list, read whole, leaves it out', async () => {
    const { ask, asked } = member({}, [[{ id: 'orgmem_2' }, { id: 'orgmem_3' }], [{ id: 'orgmem_4' }]])
    expect(await ask()).toEqual({ is: 'absent', orphaned: false, time })
    expect(asked).toEqual([
      '/organizations/org_1/memberships user_id=user_1 limit=100 offset=0',
      '/organizations/org_1/memberships user_id=user_1 limit=100 offset=2',
      '/organizations/org_1/memberships user_id=user_1 limit=100 offset=3',
      '/organizations/org_1',
      '/users/user_1',
    ])
  })

  test('but not where a later page has it', async () => {
    const { ask } = member({}, [[{ id: 'orgmem_2' }], [{ id: 'orgmem_1' }]])
    expect(await ask()).toMatchObject({ is: 'there', snapshot: { id: 'orgmem_1' } })
  })

  test.each<[what: string, given: Parameters<typeof member>[0], expected: object | undefined]>([
    ['without its organization', { list: notFound, organization: notFound }, { is: 'absent', orphaned: true, time }],
    ['without its user', { list: notFound, user: notFound }, { is: 'absent', orphaned: true, time }],
    ['left out, without its user', { user: notFound }, { is: 'absent', orphaned: true, time }],
    ['not where the list is not found, and its owners are', { list: notFound }, undefined],
  ])('%s', async (_, given, expected) => {
    expect(await member(given).ask()).toEqual(expected)
  })

  test('and whether its owners are there is asked once, and then again', async () => {
    const { absence, ask, asked } = member({})
    const ofOwners = () => asked.filter((one) => !one.includes('memberships')).length
    await ask()
    await ask()
    expect(ofOwners()).toBe(2)
    absence.again()
    await ask()
    expect(ofOwners()).toBe(4)
  })

  test('where the list of all, read whole and once, leaves it out', async () => {
    const { api, asked } = clerk((_, { offset }) =>
      answer({ data: offset === 0 ? [{ id: 'wait_1' }] : [], total_count: 1 }),
    )
    const absence = new Absence(api)
    expect(await absence.of('waitlistEntry', 'wait_1', {})).toEqual({ is: 'listed' })
    expect(await absence.of('waitlistEntry', 'wait_2', {})).toEqual({ is: 'absent', orphaned: false, time })
    const once = asked.length
    absence.again()
    await absence.of('waitlistEntry', 'wait_2', {})
    expect(asked).toHaveLength(once * 2)
  })

  test('is not known where the list of all was not read whole', async () => {
    const { api } = clerk((_, { offset }) => answer({ data: offset === 0 ? [{ id: 'wait_1' }] : [], total_count: 2 }))
    expect(await new Absence(api).of('waitlistEntry', 'wait_2', {})).toBeUndefined()
  })

  test('in a list of nothing has the time of another answer', async () => {
    const { api, asked } = clerk(() => answer({ data: [], total_count: 0 }))
    expect(await new Absence(api).of('waitlistEntry', 'wait_2', {})).toEqual({ is: 'absent', orphaned: false, time })
    expect(asked.at(-1)).toBe('/instance')
  })

  test('is looked for in the list of all where its owners are not known', async () => {
    const { api, asked } = clerk((_, { offset }) =>
      answer({ data: offset === 0 ? [{ id: 'orgmem_1' }] : [], total_count: 1 }),
    )
    expect(await new Absence(api).of('organizationMembership', 'orgmem_1', undefined)).toEqual({ is: 'listed' })
    expect(asked[0]).toMatch(/^\/organization_memberships /)
  })
})
