// What the compiler says where a usage cannot be right: the sentence itself, since @ts-expect-error takes any.
import { compileErrors } from '@clerk-sync/test-support/compile-errors'
import { expect, test } from 'vitest'

const prelude = `
import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import type { PrismaClient } from './.generated/application/prisma/client.ts'
import type { PrismaClient as WrongClient } from './.generated/wrong/prisma/client.ts'
import type { PrismaClient as Prisma6Client } from './prisma6/.generated/application/prisma/index.js'

declare const prisma: PrismaClient
declare const prisma6: Prisma6Client
declare const wrong: WrongClient
`

const usages = {
  'a model without the sync columns': {
    code: "prismaAdapter(prisma, { users: 'block' })",
    sentence:
      'block lacks the fields clerkVersion and deletedAt: add clerkVersion String @default("0") and deletedAt DateTime?, or pass versions, the model ClerkVersion from the README. block has no field for the Clerk id: add id String @id, or clerkId String @unique, or name yours, { model, key }',
  },
  'a model without the sync columns, of Prisma 6': {
    code: "prismaAdapter(prisma6, { users: 'block' })",
    sentence:
      'block lacks the fields clerkVersion and deletedAt: add clerkVersion String @default("0") and deletedAt DateTime?, or pass versions, the model ClerkVersion from the README. block has no field for the Clerk id: add id String @id, or clerkId String @unique, or name yours, { model, key }',
  },
  'a model without the time of the delete': {
    code: "prismaAdapter(wrong, { users: 'noDeletedAt' })",
    sentence: 'noDeletedAt lacks the field deletedAt: add deletedAt DateTime?',
  },
  'a model without a Clerk id, with its versions beside': {
    code: "prismaAdapter(wrong, { users: 'numbered', versions: 'clerkVersion' })",
    sentence:
      'numbered has no field for the Clerk id: add id String @id, or clerkId String @unique, or name yours, { model, key }',
  },
  'a model with half of the sync fields, with versions beside': {
    code: "prismaAdapter(wrong, { users: 'noDeletedAt', versions: 'clerkVersion' })",
    sentence: 'noDeletedAt lacks the field deletedAt: add deletedAt DateTime?',
  },
  'versions that are no such model': {
    code: "prismaAdapter(wrong, { users: 'noVersion', versions: 'versionsWithoutTime' })",
    sentence: 'versionsWithoutTime lacks fields of versions: take the model ClerkVersion from the README',
  },
  'a version that takes NULL': {
    code: "prismaAdapter(wrong, { users: 'nullableVersion' })",
    sentence: 'nullableVersion.clerkVersion must be String @default("0")',
  },
  'a version without a default': {
    code: "prismaAdapter(wrong, { users: 'versionWithoutDefault' })",
    sentence: 'versionWithoutDefault.clerkVersion has no default: write clerkVersion String @default("0")',
  },
  'a key that is no field': {
    code: "prismaAdapter(prisma, { users: { model: 'account', key: 'authId' } })",
    sentence: 'account.authId must be a String: key names the field that holds the Clerk id',
  },
  'a time of the delete that is no field': {
    code: "prismaAdapter(prisma, { users: { model: 'account', deletedAt: 'clerkDeletedAt' } })",
    sentence: 'account lacks the field clerkDeletedAt: add clerkDeletedAt DateTime?',
  },
  'an entity in the place of a table': {
    code: "prismaAdapter(prisma, { user: 'account' })",
    sentence: 'There is no table "user": did you mean "users"?',
  },
  'an entity beside a table': {
    code: "prismaAdapter(prisma, { users: 'account', event: 'clerkEvent' })",
    sentence: 'There is no table "event": did you mean "events"?',
  },
  "a ledger of the application's own": {
    code: "prismaAdapter(prisma, { events: 'block' })",
    sentence: 'block lacks fields of the ledger: take the model ClerkEvent from the README',
  },
  "the application's own model for dead letters": {
    code: "prismaAdapter(prisma, { users: 'account', deadLetters: 'block' })",
    sentence: 'block lacks fields of dead letters: take the model ClerkDeadLetter from the page about dead letters',
  },
  'the ledger for dead letters': {
    code: "prismaAdapter(prisma, { users: 'account', deadLetters: 'clerkEvent' })",
    sentence:
      'clerkEvent lacks fields of dead letters: take the model ClerkDeadLetter from the page about dead letters',
  },
  'hooks without a ledger': {
    code: `createClerkSync({ adapter: prismaAdapter(prisma, { users: 'account' }), on: { 'user.created': () => {} } })`,
    sentence: 'Hooks need the ledger: pass the adapter its events table',
  },
  'a column that nothing fills': {
    code: "createClerkSync({ adapter: prismaAdapter(wrong, { users: 'requiredEmail' }) })",
    sentence: 'map.user must be given: nothing else fills "email" of its table',
  },
} as const

const others = {
  'a misspelt model': { code: "prismaAdapter(prisma, { users: 'acount' })" },
  right: {
    code: `createClerkSync({
      adapter: prismaAdapter(prisma, { users: 'account', events: 'clerkEvent' }),
      on: { 'user.created': async ({ tx }) => void (await tx.block.count()) },
    })`,
  },
}

const pieces = Object.entries({ ...usages, ...others }).map(([name, { code }]) => [name, prelude + code])
const errors = compileErrors(import.meta.dirname, Object.fromEntries(pieces))

test.each(Object.entries(usages))('%s: the compiler says what is wrong', (name, { sentence }) => {
  expect(errors[name]).toEqual([expect.stringContaining(JSON.stringify(sentence))])
  expect(errors[name]?.[0]?.length).toBeLessThan(1500)
})

test('what is right compiles', () => {
  expect(errors.right).toEqual([])
})

test('a misspelt model: the compiler names the one that is meant', () => {
  expect(errors['a misspelt model']).toEqual([expect.stringContaining('"account"')])
})
