// What a model of parts must have, one fault at a time.
import { expect, it } from 'vitest'
import { partTable } from '../src/part-table.ts'
import { readSchema } from '../src/schema.ts'

const GOOD = 'userId String\nid String\naddress String?\n@@id([userId, id])'

function read(body: string, names: object = {}) {
  const models = new Map([['email', readSchema(`model Email {\n${body}\n}`).get('Email') as never]])
  return partTable('emailAddress', 'email', { database: 'postgres', models, schema: 'public', problems: [] }, names)
}

it.for<[what: string, body: string, message: RegExp]>([
  ['no user', GOOD.replace('userId String\n', ''), /no field userId\. Add userId String and id String.*model: 'email'/],
  ['no id', GOOD.replace('\nid String', ''), /no field id\. Add userId String and id String/],
  ['a user that may be none', GOOD.replace('userId String', 'userId String?'), /Email\.userId holds a Clerk id: it/],
  ['an id that may be none', GOOD.replace('\nid String', '\nid String?'), /Email\.id holds a Clerk id: it must be/],
  ['a user that is a number', GOOD.replace('userId String', 'userId Int'), /Email\.userId holds a Clerk id: it must/],
  ['an id that is a number', GOOD.replace('\nid String', '\nid Int'), /Email\.id holds a Clerk id: it must be/],
  ['a short user', GOOD.replace('userId String', 'userId String @db.VarChar(20)'), /Email\.userId holds 20 characters/],
  ['no key', GOOD.replace('@@id([userId, id])', ''), /Email must have @@id\(\[userId, id\]\), or @@unique/],
  ['a key of the id alone', GOOD.replace('@@id([userId, id])', '@@id([id])'), /Email must have @@id\(\[userId, id\]\)/],
  [
    'a key of another field',
    GOOD.replace('[userId, id]', '[userId, address]'),
    /Email must have @@id\(\[userId, id\]\)/,
  ],
  ['a key of one field more', GOOD.replace('[userId, id]', '[userId, id, address]'), /Email must have @@id\(\[userId/],
  [
    'a default that is not known',
    GOOD.replace('String?', 'String @default(auto())'),
    /Email\.address has @default\(auto/,
  ],
  [
    'a key of its own that nothing fills',
    'id Int @id\nuserId String\nclerkId String\n@@unique([userId, clerkId])',
    /Email\.id is the application's own key and nothing fills it/,
  ],
])('%s', ([, body, message]) => {
  expect(() => read(body)).toThrow(message)
})

it('is read by the names of its fields, or by those that are given', () => {
  expect(read(GOOD)).toMatchObject({ owner: 'userId', key: 'id', name: 'Email' })
  expect(Object.keys(read(GOOD).columns)).toEqual(['address'])
  const own = 'id Int @id @default(autoincrement())\nuserId String\nclerkId String\n@@unique([clerkId, userId])'
  expect(read(own)).toMatchObject({ owner: 'userId', key: 'clerkId' })
  const named = 'of String\nref String\nid String?\nmadeAt DateTime @default(now())\n@@id([of, ref])'
  const table = read(named, { owner: 'of', key: 'ref' })
  expect(table).toMatchObject({ owner: 'of', key: 'ref' })
  expect(Object.keys(table.computed)).toEqual(['madeAt'])
})
