import { describe, expect, test } from 'vitest'
import { entities } from '../src/entities/all-entities.ts'
import { emailAddress, membership, organization, session, T0, user } from './fixtures/payloads.ts'

describe('a user', () => {
  test('with everything', () => {
    const full = user({
      username: 'ada',
      external_id: 'ext_1',
      public_metadata: { plan: 'paid' },
      banned: true,
      locked: true,
      last_sign_in_at: T0 + 1,
      updated_at: T0 + 2,
      primary_phone_number_id: 'idn_p',
      phone_numbers: [
        {
          object: 'phone_number',
          id: 'idn_p',
          phone_number: '+15555550100',
          reserved_for_second_factor: false,
          default_second_factor: false,
          reserved: false,
          verification: null,
          linked_to: [],
          backup_codes: [],
        },
      ],
    })
    expect(entities.user.toRecord(full)).toEqual({
      id: 'user_1',
      email: 'ada@example.com',
      emailVerified: true,
      phoneNumber: '+15555550100',
      username: 'ada',
      firstName: 'Ada',
      lastName: 'Lovelace',
      fullName: 'Ada Lovelace',
      imageUrl: 'https://img.example/ada',
      externalId: 'ext_1',
      publicMetadata: { plan: 'paid' },
      banned: true,
      locked: true,
      lastSignInAt: new Date(T0 + 1),
      createdAt: new Date(T0),
      updatedAt: new Date(T0 + 2),
    })
  })

  test('with nothing but an id, as a future or a partial payload may be', () => {
    const record = entities.user.toRecord({ id: 'user_1' } as never)
    expect(record).toEqual({
      id: 'user_1',
      email: null,
      emailVerified: false,
      phoneNumber: null,
      username: null,
      firstName: null,
      lastName: null,
      fullName: null,
      imageUrl: null,
      externalId: null,
      publicMetadata: null,
      banned: false,
      locked: false,
      lastSignInAt: null,
      createdAt: null,
      updatedAt: null,
    })
  })

  const two = [emailAddress('idn_1', 'first@example.com'), emailAddress('idn_2', 'second@example.com')]
  test.each([
    ['the primary, not the first', { email_addresses: two, primary_email_address_id: 'idn_2' }, 'second@example.com'],
    ['none without a primary', { email_addresses: two, primary_email_address_id: null }, null],
    ['none where the primary is not among them', { email_addresses: two, primary_email_address_id: 'idn_3' }, null],
    ['none as in "Send Example"', { email_addresses: [], primary_email_address_id: 'idn_1' }, null],
    ['none for an empty one', { email_addresses: [emailAddress('idn_1', '')] }, null],
    [
      'none where the primary is empty and an id is too',
      { email_addresses: [emailAddress('', 'x@example.com')], primary_email_address_id: '' },
      null,
    ],
  ])('email: %s', (_, overrides, email) => {
    expect(entities.user.toRecord(user(overrides))).toMatchObject({ email, emailVerified: email !== null })
  })

  test.each([
    ['null', null],
    ['of another status', { ...emailAddress('idn_1', 'x').verification, status: 'unverified' as const }],
  ])('emailVerified: false where verification is %s', (_, verification) => {
    const overrides = {
      email_addresses: [emailAddress('idn_1', 'a@example.com', { verification: verification as never })],
    }
    expect(entities.user.toRecord(user(overrides))).toMatchObject({ email: 'a@example.com', emailVerified: false })
  })

  test.each([
    [null, null, null],
    ['', '', null],
    ['Ada', null, 'Ada'],
    [null, 'Lovelace', 'Lovelace'],
    ['Ada', '', 'Ada'],
    ['Ada', 'Lovelace', 'Ada Lovelace'],
  ])('fullName of %j and %j is %j, never "null null"', (first_name, last_name, fullName) => {
    const record = entities.user.toRecord(user({ first_name, last_name }))
    expect(record).toMatchObject({ firstName: first_name || null, lastName: last_name || null, fullName })
  })

  test('text that is empty is absent', () => {
    const empty = user({ username: '', image_url: '', external_id: '' })
    expect(entities.user.toRecord(empty)).toMatchObject({ username: null, imageUrl: null, externalId: null })
  })

  test.each([null, undefined, 'text', 5])('metadata of %j is absent', (value) => {
    expect(entities.user.toRecord(user({ public_metadata: value as never })).publicMetadata).toBeNull()
  })

  test.each([Number.MAX_VALUE, 8.64e15 + 1, Number.NaN, '2026-01-01', null])('a time of %j is absent', (value) => {
    expect(entities.user.toRecord(user({ created_at: value as never, last_sign_in_at: value as never }))).toMatchObject(
      {
        createdAt: null,
        lastSignInAt: null,
      },
    )
  })

  test('has nothing of the private and of the unsafe metadata', () => {
    const record = entities.user.toRecord(user({ private_metadata: { ssn: 'p' }, unsafe_metadata: { role: 'admin' } }))
    expect(JSON.stringify(record)).not.toMatch(/ssn|admin/)
  })
})

test('an organization', () => {
  expect(entities.organization.toRecord(organization({ updated_at: T0 + 1 }))).toEqual({
    id: 'org_1',
    name: 'Engines',
    slug: 'engines',
    imageUrl: 'https://img.example/org',
    createdBy: 'user_1',
    publicMetadata: {},
    createdAt: new Date(T0),
    updatedAt: new Date(T0 + 1),
  })
  expect(entities.organization.toRecord({ id: 'org_1' } as never)).toEqual({
    id: 'org_1',
    name: null,
    slug: null,
    imageUrl: null,
    createdBy: null,
    publicMetadata: null,
    createdAt: null,
    updatedAt: null,
  })
})

test('a membership', () => {
  expect(entities.organizationMembership.toRecord(membership())).toEqual({
    id: 'orgmem_1',
    organizationId: 'org_1',
    userId: 'user_1',
    role: 'org:admin',
    permissions: ['org:posts:read'],
    publicMetadata: {},
    createdAt: new Date(T0),
    updatedAt: new Date(T0),
  })
  const { permissions: _, ...without } = membership()
  expect(entities.organizationMembership.toRecord(without as never).permissions).toBeNull()
})

test('a session', () => {
  expect(entities.session.toRecord(session({ last_active_organization_id: 'org_1' }))).toEqual({
    id: 'sess_1',
    userId: 'user_1',
    clientId: 'client_1',
    status: 'active',
    lastActiveOrganizationId: 'org_1',
    lastActiveAt: new Date(T0),
    expireAt: new Date(T0 + 1),
    abandonAt: new Date(T0 + 2),
    createdAt: new Date(T0),
    updatedAt: new Date(T0),
  })
  expect(entities.session.toRecord(session({ last_active_organization_id: '' })).lastActiveOrganizationId).toBeNull()
})
