// What Prisma's client makes up for a new row, in the forms that its documentation gives.
import { expect, it } from 'vitest'
import { generatorOf, unknownDefault } from '../src/generated-values.ts'
import { readSchema } from '../src/schema.ts'

function fieldOf(line: string) {
  const field = readSchema(`model One {\nf ${line}\n}`).get('One')?.fields.get('f')
  if (!field) throw new Error('There is no field.')
  return field
}

/** The letters that the time takes, 48 bits of milliseconds, at the start of a value. */
const startOf = (text: string, letters: string, length: number) =>
  [...text.slice(0, length)].reduce((time, letter) => time * letters.length + letters.indexOf(letter), 0)

const HEX = '0123456789abcdef'
const LOWER = `${HEX}ghijklmnopqrstuvwxyz`
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

it.for<[line: string, form: RegExp, timeOf?: (text: string) => number]>([
  ['String @default(uuid())', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ['String @default(uuid(4))', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  [
    'String @default(uuid(7))',
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    (text) => startOf(text.replace('-', ''), HEX, 12),
  ],
  ['String @default(cuid())', /^c[0-9a-z]{24}$/, (text) => startOf(text.slice(1), LOWER, 8)],
  ['String @default(cuid(1))', /^c[0-9a-z]{24}$/, (text) => startOf(text.slice(1), LOWER, 8)],
  ['String @default(cuid(2))', /^[a-z][0-9a-z]{23}$/],
  ['String @default(ulid())', /^[0-9A-HJKMNP-TV-Z]{26}$/, (text) => startOf(text, CROCKFORD, 10)],
  ['String @default(nanoid())', /^[\w-]{21}$/],
  ['String @default(nanoid(5))', /^[\w-]{5}$/],
])('%s', ([line, form, timeOf]) => {
  const generate = generatorOf(fieldOf(line))
  const start = Date.now()
  const values = Array.from({ length: 500 }, () => String(generate?.()))
  for (const value of values) {
    expect(value).toMatch(form)
    if (!timeOf) continue
    expect(timeOf(value)).toBeGreaterThanOrEqual(start)
    expect(timeOf(value)).toBeLessThanOrEqual(Date.now())
  }
  expect(new Set(values).size).toBe(values.length)
  // No letter of its alphabet is left out, nor comes for another.
  const letters = /uuid/.test(line) ? 16 : /ulid/.test(line) ? 32 : /cuid/.test(line) ? 36 : 64
  expect(new Set(values.flatMap((value) => [...value.slice(-3)])).size).toBe(letters)
  expect(unknownDefault(fieldOf(line))).toBeUndefined()
})

it.for(['DateTime @default(now())', 'DateTime @updatedAt'])('%s is the time of the write', (line) => {
  const start = Date.now()
  const made = generatorOf(fieldOf(line))?.()
  if (!(made instanceof Date)) throw new Error('It is no Date.')
  expect(made.getTime()).toBeGreaterThanOrEqual(start)
  expect(made.getTime()).toBeLessThanOrEqual(Date.now())
})

it.for([
  'String',
  'String @default("uuid")',
  'DateTime @updatedAt @default("2026-01-01T00:00:00Z")',
  'Int @default(autoincrement())',
  'String @default(dbgenerated("now()"))',
  'BigInt @default(sequence())',
])('%s is left to the database', (line) => {
  expect(generatorOf(fieldOf(line))).toBeUndefined()
  expect(unknownDefault(fieldOf(line))).toBeUndefined()
})

it('a default that is not known has a name', () => {
  expect(unknownDefault(fieldOf('String @default(auto())'))).toBe('auto')
  expect(unknownDefault(fieldOf('String @default(toString())'))).toBe('toString')
})
