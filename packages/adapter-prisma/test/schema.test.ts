// What a schema says of its models, in each of the ways in which Prisma lets it be said.
import { describe, expect, it } from 'vitest'
import { type Field, readSchema } from '../src/schema.ts'
import { sqlTypeOf } from '../src/sql-type.ts'

/** The only model of a schema, with this for its body. */
function modelOf(body: string, more = '') {
  const models = readSchema(`${more}\nmodel One {\n${body}\n}\n`)
  expect([...models.keys()]).toEqual(['One'])
  const [model] = models.values()
  if (!model) throw new Error('There is no model.')
  return model
}

const fieldOf = (line: string, more = ''): Field | undefined => modelOf(line, more).fields.get('f')

const PLAIN: Field = {
  name: 'f',
  column: 'f',
  type: 'String',
  enumValues: undefined,
  list: false,
  optional: false,
  unique: false,
  updatedAt: false,
  default: undefined,
  nativeType: undefined,
  length: undefined,
}
const constant = (value: unknown) => ({ default: { kind: 'constant', value } })
const calls = (name: string, argument?: string) => ({ default: { kind: 'function', name, argument } })

describe('A field', () => {
  it.for<[line: string, expected: object]>([
    ['f String', {}],
    ['f String // ? @unique', {}],
    ['f String /* ? @unique */', {}],
    ['f /* Int */ String', {}],
    ['f String?', { optional: true }],
    ['f String[]', { list: true }],
    ['f Int', { type: 'Int' }],
    ['f String @id', { unique: true }],
    ['f String @unique(map: "one_f")', { unique: true }],
    ['f String\n@@id([f])', { unique: true }],
    ['f String\n@@unique([f(sort: Desc)])', { unique: true }],
    ['f String\ng String\n@@unique([f, g])', {}],
    ['f String\ng String\n@@unique([g])', {}],
    ['f String\n@@index([f])', {}],
    ['f String\n@@unique([f], where: { g: "a" })', {}],
    ['f DateTime @updatedAt', { type: 'DateTime', updatedAt: true }],
    ['f String @map("a column")', { column: 'a column' }],
    ['f String @map(name: "a \\"column\\"")', { column: 'a "column"' }],
    ['f String @db.VarChar(20)', { nativeType: 'VarChar(20)', length: 20 }],
    ['f String @db.Char(20)', { nativeType: 'Char(20)', length: 20 }],
    ['f String @source.VarChar', { nativeType: 'VarChar' }],
    ['f String @db.NVarChar(20)', { nativeType: 'NVarChar(20)' }],
    ['f String @db.VarCharacter(20)', { nativeType: 'VarCharacter(20)' }],
    ['f Decimal @db.Decimal(20, 4)', { type: 'Decimal', nativeType: 'Decimal(20,4)' }],
    ['f DateTime @db.Timestamptz() @unique', { type: 'DateTime', nativeType: 'Timestamptz', unique: true }],
    ['f String @default("a")', constant('a')],
    ['f String @default("// { } ] ) @id")', constant('// { } ] ) @id')],
    ['f String @default(value: "a", map: "one_f")', constant('a')],
    ['f Int @default(-7)', { type: 'Int', ...constant(-7) }],
    ['f Float @default(1.5)', { type: 'Float', ...constant(1.5) }],
    ['f Decimal @default(1.50)', { type: 'Decimal', ...constant('1.50') }],
    ['f BigInt @default(9007199254740993)', { type: 'BigInt', ...constant('9007199254740993') }],
    ['f Boolean @default(true)', { type: 'Boolean', ...constant(true) }],
    ['f Boolean @default(false)', { type: 'Boolean', ...constant(false) }],
    ['f String[] @default([])', { list: true, ...constant([]) }],
    ['f Int[] @default([1, 2])', { type: 'Int', list: true, ...constant([1, 2]) }],
    ['f String[] @default(["a", "true"])', { list: true, ...constant(['a', 'true']) }],
    ['f Int[] @default([1, 2], map: "one_f")', { type: 'Int', list: true, ...constant([1, 2]) }],
    ['f Int[] @default(value: [1], map: "one_f")', { type: 'Int', list: true, ...constant([1]) }],
    ['f String @default(uuid())', calls('uuid')],
    ['f String @default(uuid(7)) @unique', { unique: true, ...calls('uuid', '7') }],
    ['f String @default(dbgenerated("a(b)"))', calls('dbgenerated', '"a(b)"')],
    ['f String @unique @default(cuid(2)) @map("g")', { column: 'g', unique: true, ...calls('cuid', '2') }],
  ])('%s', ([line, expected]) => {
    expect(fieldOf(line)).toEqual({ ...PLAIN, ...expected })
  })

  it.for(['f Other', 'f Other[]', 'f Unsupported("tsvector")?', 'f String @ignore', 'f Other? @relation(fields: [g])'])(
    'is none of the client’s: %s',
    (line) => {
      expect(fieldOf(line)).toBeUndefined()
    },
  )

  it('of an enum has what the database calls its values', () => {
    const plan = 'enum Plan {\n  FREE @map("free")\n  PRO // the other\n\n  @@map("plans")\n}'
    const enumValues = new Map([
      ['FREE', 'free'],
      ['PRO', 'PRO'],
    ])
    expect(fieldOf('f Plan @default(PRO)', plan)).toEqual({ ...PLAIN, type: 'Plan', enumValues, ...constant('PRO') })
    expect(fieldOf('f Plans', plan)).toBeUndefined()
  })

  it.for<[type: string, more: string, types: readonly (string | undefined)[]]>([
    ['String', '', ['text', 'varchar(191)', 'TEXT']],
    ['Boolean', '', ['boolean', 'boolean', 'BOOLEAN']],
    ['Int', '', ['integer', 'int', 'INTEGER']],
    ['BigInt', '', ['bigint', 'bigint', 'BIGINT']],
    ['Float', '', ['double precision', 'double', 'REAL']],
    ['Decimal', '', ['decimal', 'decimal', 'DECIMAL']],
    ['DateTime', '', ['timestamp(3)', 'datetime(3)', undefined]],
    ['Json', '', ['jsonb', 'json', undefined]],
    ['Bytes', '', ['bytea', 'longblob', undefined]],
    ['String', '[]', ['text[]', 'varchar(191)[]', 'TEXT[]']],
    ['Json', '[]', ['jsonb[]', 'json[]', undefined]],
    ['String', ' @db.VarChar(20)', ['varchar(20)', 'varchar(20)', 'varchar(20)']],
    ['String', '[] @db.VarChar(20)', ['varchar(20)[]', 'varchar(20)[]', 'varchar(20)[]']],
  ])('of %s%s has the types %o on PostgreSQL, MySQL and SQLite', ([type, more, types]) => {
    const field = fieldOf(`f ${type}${more}`)
    if (!field) throw new Error('There is no field.')
    expect((['postgres', 'mysql', 'sqlite'] as const).map((database) => sqlTypeOf(field, database))).toEqual(types)
  })
})

describe('A model', () => {
  it('has its table, its schema and its keys', () => {
    const { name, table, schema, keys, fields } = modelOf(`
      /// The people.
      id String @id
      a String
      b String

      @@unique([a, b])
      @@unique(fields: [b(sort: Desc), id], name: "other")
      @@unique([a], where: { b: "c" })
      @@index([b, a])
      @@map(name: "all people")
      @@schema("app")`)
    expect({ name, table, schema, keys, fields: [...fields.keys()] }).toEqual({
      name: 'One',
      table: 'all people',
      schema: 'app',
      keys: [
        ['a', 'b'],
        ['b', 'id'],
      ],
      fields: ['id', 'a', 'b'],
    })
  })

  it('without them has its own name, and no schema', () => {
    expect(modelOf('id String @id')).toMatchObject({ table: 'One', schema: undefined, keys: [] })
  })

  it('is told from what else stands in a schema', () => {
    const text = `
      // model Comment { id String @id }
      /* model Other {
        id String @id
      } */
      generator client {
        provider = "prisma-client"
        output   = "../model Path {"
      }
      datasource db { provider = "postgresql" }
      enum Plan { FREE }
      type Address { street String }
      view Seen { id String @unique }
      model First {
        id      String @id @default("{")
        second  Second @relation(
          fields: [secondId], references: [id]
        )
        secondId String
      }
      model Second { id Int @id }`
    const models = readSchema(text)
    expect(Array.from(models, ([name, { fields }]) => [name, [...fields.keys()]])).toEqual([
      ['First', ['id', 'secondId']],
      ['Second', ['id']],
    ])
  })
})
