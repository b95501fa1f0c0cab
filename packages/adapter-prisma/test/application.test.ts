import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { event, userEvent, withEmail } from '@clerk-sync/test-support/events'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Prisma, PrismaClient } from './.generated/application/prisma/client.ts'
import { Prisma as Prisma6, PrismaClient as PrismaClient6 } from './prisma6/.generated/application/prisma/index.js'
import { PrismaPg as PrismaPg6 } from './prisma6/drivers.ts'

// What `prisma db push` would make of test/schemas/application.prisma; a session far from UTC must not matter.
const DDL = `
create schema app;
create type app."Plan" as enum ('free', 'pro tier');
create type app."kind of account" as enum ('GUEST', 'MEMBER');
create table app."All accounts" (
  uid text not null unique, id uuid primary key, "clerk id" text not null unique, email text unique,
  "display name" varchar(255), plan app."Plan" not null default 'free', kind app."kind of account", tags text[],
  levels integer[] default array[1, 2]::integer[], settings jsonb, flags jsonb not null default '{"beta": false}',
  balance decimal(20, 4) not null default 0, visits bigint not null default 0, avatar bytea,
  signed_in_at timestamptz(3), note text default '// no comment, no { block', touched_at timestamp(3) not null,
  created_at timestamp(3) not null default current_timestamp, secret text, vector tsvector,
  clerk_version text not null default '0', deleted_at timestamp(3));
create table app."Post" (id serial primary key, account_id uuid not null references app."All accounts",
  title text not null default 'untitled');
create table organizations (id text primary key, name text, clerk_version text not null default '0',
  deleted_at timestamp(3));
create table memberships (id text primary key, role text not null, user_id text not null,
  organization_id text not null references organizations, clerk_version text not null default '0',
  deleted_at timestamp(3));
create table clerk_events (id text primary key, type text not null, entity_id text,
  occurred_at timestamp(3) not null, processed_at timestamp(3) not null)`

const connectionString = await freshDatabase('postgres', 'prisma_application')
const options = '-c timezone=America/New_York'
const raw = new pg.Client({ connectionString })
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString, options }) })
const prisma6 = new PrismaClient6({ adapter: new PrismaPg6({ connectionString, options }) })
beforeAll(async () => {
  await raw.connect()
  await raw.query(DDL)
})
afterAll(() => Promise.all([raw.end(), prisma.$disconnect(), prisma6.$disconnect()]))

const at = 1_760_000_000_123

describe.for([
  ['Prisma 7', prisma, Prisma],
  // Both clients are of one schema, and TypeScript takes their classes for different ones.
  ['Prisma 6', prisma6 as unknown as PrismaClient, Prisma6 as unknown as typeof Prisma],
] as const)('A schema of the application’s own, with %s', ([name, client, { DbNull, JsonNull, Decimal }]) => {
  const id = `user_${name.at(-1)}`
  const account = () => client.account.findUniqueOrThrow({ where: { clerkId: id }, omit: { touchedAt: true } })
  const clerkSync = createClerkSync({
    adapter: prismaAdapter(client, { users: 'account', events: 'clerkEvent' }),
    map: {
      user: (user, record) => ({
        email: record.email,
        displayName: record.fullName,
        plan: user.public_metadata?.pro ? 'PRO' : 'FREE',
        kind: user.banned ? null : 'MEMBER',
        tags: user.banned ? [] : ['a', 'b"c', '{d}'],
        settings: user.banned ? DbNull : (record.publicMetadata ?? JsonNull),
        balance: new Decimal('12345678901234.5678'),
        visits: 9_007_199_254_740_993n,
        avatar: new Uint8Array([0, 1, 255]),
        signedInAt: record.lastSignInAt,
      }),
    },
  })
  const data = { ...withEmail(`${id}@example.com`), first_name: 'Ada', last_name: 'Lovelace', last_sign_in_at: at }

  it('is written by its own names, with what only Prisma fills, and reads back through Prisma', async () => {
    const pro = { ...data, public_metadata: { pro: true, nested: [{ a: null }] } }
    expect(await clerkSync.apply(userEvent('user.created', id, at, pro))).toBe('created')
    expect(await account()).toEqual({
      uid: expect.stringMatching(/^c[a-z0-9]{24}$/),
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      clerkId: id,
      email: `${id}@example.com`,
      displayName: 'Ada Lovelace',
      plan: 'PRO',
      kind: 'MEMBER',
      tags: ['a', 'b"c', '{d}'],
      levels: [1, 2],
      settings: { pro: true, nested: [{ a: null }] },
      flags: { beta: false },
      balance: new Decimal('12345678901234.5678'),
      visits: 9_007_199_254_740_993n,
      avatar: new Uint8Array([0, 1, 255]),
      signedInAt: new Date(at),
      note: '// no comment, no { block',
      // Now, in a session whose zone is hours away.
      createdAt: expect.toSatisfy((date: Date) => Math.abs(date.getTime() - Date.now()) < 60_000),
      clerkVersion: expect.stringMatching(/^\d{33}$/),
      deletedAt: null,
    })
    const { rows } = await raw.query(`select plan::text, kind::text from app."All accounts" where "clerk id" = $1`, [
      id,
    ])
    expect(rows).toEqual([{ plan: 'pro tier', kind: 'MEMBER' }])
  })

  it('keeps what is the application’s, and its keys', async () => {
    const before = await client.account.update({
      where: { clerkId: id },
      data: { note: 'mine', levels: [7], flags: { beta: true }, posts: { create: { title: 'kept' } } },
    })
    expect(await clerkSync.apply(userEvent('user.updated', id, at + 1, { ...data, banned: true }))).toBe('updated')
    const after = await client.account.findUniqueOrThrow({ where: { clerkId: id }, include: { posts: true } })
    expect(after).toMatchObject({
      ...{
        id: before.id,
        uid: before.uid,
        note: 'mine',
        levels: [7],
        flags: { beta: true },
        touchedAt: before.touchedAt,
      },
      ...{ plan: 'FREE', kind: null, tags: [], settings: null, posts: [{ title: 'kept' }] },
    })
  })

  it('tells SQL’s NULL from JSON’s', async () => {
    const isNull = async () => {
      const sql = `select settings is null as sql, settings = 'null' as json from app."All accounts" where "clerk id" = $1`
      return (await raw.query(sql, [id])).rows
    }
    expect(await isNull()).toEqual([{ sql: true, json: null }])
    await clerkSync.apply(userEvent('user.updated', id, at + 2, { ...data, public_metadata: null }))
    expect(await isNull()).toEqual([{ sql: false, json: true }])
  })

  it('takes from the map what Prisma would make up', async () => {
    const mapping = createClerkSync({
      adapter: prismaAdapter(client, { users: 'account' }),
      map: {
        user: (user) => ({ uid: user.username ?? user.id, touchedAt: new Date(at) }),
        deletedUser: ({ id: uid }) => ({ uid, touchedAt: new Date(at) }),
      },
    })
    const mapped = `${id}_mapped`
    const found = () => client.account.findUniqueOrThrow({ where: { clerkId: mapped } })
    await mapping.apply(userEvent('user.created', mapped, at, { username: `${id}_ada` }))
    expect(await found()).toMatchObject({ uid: `${id}_ada`, touchedAt: new Date(at) })
    await mapping.apply(userEvent('user.updated', mapped, at + 1, { username: `${id}_bea` }))
    expect(await found()).toMatchObject({ uid: `${id}_bea`, touchedAt: new Date(at) })
  })

  it('keeps a key that Prisma made up when a later change names it, and gives none', async () => {
    const adapter = prismaAdapter(client, { users: 'account' })
    const key = `${id}_filled`
    const uidAfter = async (version: number, uid: string | undefined) => {
      await adapter.upsert({
        kind: 'upsert',
        entity: 'user',
        key,
        version: String(version).repeat(33),
        values: { uid },
      })
      return (await client.account.findUniqueOrThrow({ where: { clerkId: key } })).uid
    }
    const filled = await uidAfter(1, undefined)
    expect(filled).toMatch(/^c[a-z0-9]{24}$/)
    expect(await uidAfter(2, undefined)).toBe(filled)
    expect(await uidAfter(3, `${id}_given`)).toBe(`${id}_given`)
    expect(await uidAfter(4, undefined)).toBe(`${id}_given`)
  })

  it('is erased by a delete: what takes NULL is NULL, the rest has its default', async () => {
    expect(await clerkSync.apply(userEvent('user.deleted', id, at + 3))).toBe('deleted')
    expect(await account()).toMatchObject({
      ...{ email: null, displayName: null, plan: 'FREE', kind: null, tags: [], settings: null, avatar: null },
      ...{ balance: new Decimal(0), visits: 0n, signedInAt: null, note: 'mine', deletedAt: new Date(at + 3) },
    })
  })

  it('the address of a deleted account is free for the next sign-up', async () => {
    const again = userEvent('user.created', `${id}_again`, at + 4, data)
    expect(await clerkSync.apply(again)).toBe('created')
  })

  it('a value that a field does not take is config_invalid, before anything is written', async () => {
    const wrong = createClerkSync({
      adapter: prismaAdapter(client, { users: 'account' }),
      map: { user: (user) => ({ signedInAt: user.banned ? 'yesterday' : null }) },
    })
    const event = userEvent('user.created', 'user_wrong', at, { banned: true })
    await expect(wrong.apply(event)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/^map\.user returns a string for "signedInAt", which takes a Date\./),
    })
  })
})

describe('Only what was asked for is sent', () => {
  it('one statement, with the values beside it, which Prisma logs', async () => {
    const client = new PrismaClient({
      adapter: new PrismaPg({ connectionString }),
      log: [{ emit: 'event', level: 'query' }],
    })
    const queries: Prisma.QueryEvent[] = []
    client.$on('query', (event) => queries.push(event))
    const clerkSync = createClerkSync({
      adapter: prismaAdapter(client, { users: 'account' }),
      map: { user: (_, record) => ({ displayName: record.fullName }) },
    })
    await clerkSync.apply(userEvent('user.created', 'user_logged', at, { first_name: 'Secret' }))
    await client.$disconnect()
    expect(queries).toHaveLength(1)
    expect(queries[0]?.query).toContain('insert into "app"."All accounts" as t ("clerk id", "display name"')
    expect(queries[0]?.query).not.toContain('Secret')
  })
})

describe('A membership that refers to its organization', () => {
  it('is reference_missing while that is not there, and stored afterwards', async () => {
    const clerkSync = createClerkSync({
      adapter: prismaAdapter(prisma, { organizations: 'organization', organizationMemberships: 'membership' }),
    })
    const membership = event('organizationMembership.created', at, {
      id: 'orgmem_1',
      role: 'org:member',
      updated_at: at,
      organization: { id: 'org_1' },
      public_user_data: { user_id: 'user_1' },
    })
    await expect(clerkSync.apply(membership)).rejects.toMatchObject({ code: 'reference_missing', status: 503 })
    await clerkSync.apply(event('organization.created', at, { id: 'org_1', name: 'One', updated_at: at }))
    expect(await clerkSync.apply(membership)).toBe('created')
  })
})
