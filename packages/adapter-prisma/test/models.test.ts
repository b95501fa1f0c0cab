// What the models of the library's own tables must have, and what is read of the fields of a synced one.
import { describe, expect, it } from 'vitest'
import type { ClientFacts } from '../src/client.ts'
import { ledgerTable, lettersTable, versionsTable } from '../src/own-tables.ts'
import { readSchema } from '../src/schema.ts'
import { syncedTable } from '../src/synced-table.ts'

const factsOf = (schema: string, database: ClientFacts['database'] = 'postgres'): ClientFacts => ({
  database,
  models: new Map([['own', readSchema(schema).get('Own') as never]]),
  schema: 'public',
  problems: [],
})
const model = (body: string) => `model Own {\n${body}\n}`

const VERSIONS = 'tableName String\nid String\nversion String\ndeletedAt DateTime?\n@@id([tableName, id])'
const LEDGER = 'id String @id\ntype String\nentityId String?\noccurredAt DateTime\nprocessedAt DateTime'
const LETTERS = 'id String @id\ntype String\nentityId String?\ncode String\npayload String\nparkedAt DateTime'

describe('The versions', () => {
  const read = (body: string) => versionsTable('own', factsOf(model(body)))

  it('are taken as the README has them, also with the key the other way round, or unique', () => {
    for (const key of ['@@id([tableName, id])', '@@id([id, tableName])', '@@unique([tableName, id])']) {
      expect(read(VERSIONS.replace('@@id([tableName, id])', key))).toMatchObject({ name: 'Own' })
    }
  })

  it.for<[string, string, RegExp]>([
    ['a key of one field more', VERSIONS.replace('[tableName, id]', '[tableName, id, version]'), /must have @@id/],
    ['a key of another field than the table', VERSIONS.replace('[tableName, id]', '[version, id]'), /must have @@id/],
    [
      'a key of another field than the id',
      VERSIONS.replace('[tableName, id]', '[tableName, version]'),
      /must have @@id/,
    ],
    ['no key', VERSIONS.replace('@@id([tableName, id])', ''), /must have @@id/],
    [
      'a table that may be none',
      VERSIONS.replace('tableName String', 'tableName String?'),
      /Own\.tableName must be String\./,
    ],
    ['an id that is a number', VERSIONS.replace('\nid String', '\nid Int'), /Own\.id must be String\./],
    [
      'a version that may be none',
      VERSIONS.replace('version String', 'version String?'),
      /Own\.version must be String\./,
    ],
    [
      'a short version',
      VERSIONS.replace('version String', 'version String @db.VarChar(32)'),
      /Own\.version must hold 33/,
    ],
    ['a time that is never none', VERSIONS.replace('DateTime?', 'DateTime'), /Own\.deletedAt must be DateTime\?\./],
    ['a time that is a text', VERSIONS.replace('DateTime?', 'String?'), /Own\.deletedAt must be DateTime\?\./],
  ])('with %s are refused', ([, body, message]) => {
    expect(() => read(body)).toThrow(message)
  })
})

describe.for<[string, (name: string, facts: ClientFacts) => object, string]>([
  ['The ledger', ledgerTable, LEDGER],
  ['The dead letters', lettersTable, LETTERS],
])('%s', ([, table, body]) => {
  const fields = body.split('\n')

  it('is taken as it is shown', () => {
    expect(table('own', factsOf(model(body)))).toMatchObject({ name: 'Own' })
  })

  it('is refused without one of its fields, which is named', () => {
    for (const field of fields) {
      const [name = ''] = field.split(' ')
      const others = fields.filter((one) => one !== field)
      // A model needs a key.
      if (name === 'id') others.push('key String @id')
      expect(() => table('own', factsOf(model(others.join('\n'))))).toThrow(
        new RegExp(`Own has no field ${name}\\. Take`),
      )
    }
  })

  it('is refused where its id is not unique', () => {
    const unkeyed = body.replace('id String @id', 'key String @id\nid String')
    expect(() => table('own', factsOf(model(unkeyed)))).toThrow(/Own\.id must be String @id/)
  })
})

describe('The column of a field', () => {
  const read = (field: string, database?: ClientFacts['database']) => {
    const schema = `enum Plan {\nFREE\nPAID @map("paid")\n}\n${model(`id String @id\n${field}`)}`
    return syncedTable('user', 'own', factsOf(schema, database), true, {}).columns.own
  }

  it.for<[string, object]>([
    ['own String', { takes: 'text', nullable: false, required: true }],
    ['own String?', { takes: 'text', nullable: true, required: false }],
    ['own Int @default(7)', { takes: 'number', required: false, emptyValue: 7 }],
    ['own Boolean @default(false)', { takes: 'boolean', emptyValue: false }],
    ['own DateTime @updatedAt', { takes: 'date', required: false }],
    ['own Json @default("{}")', { takes: 'json', emptyValue: {} }],
    ['own Bytes?', { takes: 'bytes' }],
    ['own String[]', { takes: 'list', nullable: true, required: false }],
    ['own Plan', { takes: 'text', labels: ['FREE', 'paid'] }],
  ])('%s', ([field, column]) => {
    expect(read(field)).toMatchObject(column)
  })

  it('has labels where it is one of an enum, and is generated where its default says nothing', () => {
    const has = (field: string) =>
      Object.keys(read(field) ?? {}).filter((name) => /labels|generated|emptyValue/.test(name))
    expect(has('own Plan')).toEqual(['labels'])
    expect(has('own Plan[]')).toEqual([])
    expect(has('own String')).toEqual([])
    expect(has('own String @default(dbgenerated())')).toEqual(['generated'])
    expect(has('own String @default(dbgenerated("gen()"))')).toEqual([])
    expect(has('own DateTime @default(now())')).toEqual([])
    expect(has('own String @default(uuid())')).toEqual([])
    // The same constant in every deleted row would clash.
    expect(has('own String @unique @default("a")')).toEqual([])
    expect(has('own Bytes @default("YQ==")')).toEqual([])
  })

  it('that holds the id of another table must take one', () => {
    expect(
      syncedTable('session', 'own', factsOf(model('id String @id\nuserId Int')), true, {}).columns.userId,
    ).toMatchObject({
      unfitForIds: expect.any(String),
    })
    expect(
      syncedTable('session', 'own', factsOf(model('id String @id\nuserId String')), true, {}).columns.userId,
    ).not.toHaveProperty('unfitForIds')
  })
})

it.for<[string, string, RegExp]>([
  ['that is not unique', 'key String @id\nid String', /Own\.id holds the Clerk id: it must be a String with @id or/],
  [
    'that is a number',
    'id Int @id',
    /Own\.id holds the Clerk id: it must be a String with @id or @unique\..*Or name the field that holds it/,
  ],
])('a Clerk id %s is refused', ([, body, message]) => {
  expect(() => syncedTable('user', 'own', factsOf(model(body)), true, {})).toThrow(message)
})
