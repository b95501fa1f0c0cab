import { ClerkSyncError } from '@clerk-sync/core'
import type { Field } from './schema.ts'

/**
 * What Prisma's raw queries are given for a value of a field, so that Prisma reads back what was meant.
 *
 * Dates go as `Date`: the driver adapter writes them as it writes the client's own, by its `timestampFormat` on SQLite
 * and without a zone elsewhere. Everything else that a database may see as a type of its own goes as text.
 */
export function encode(model: string, field: Field, value: unknown): unknown {
  if (value === null || value === undefined || nameOfNull(value) === 'Prisma.DbNull') return null
  if (!field.list) return encodeOne(model, field, value)
  if (Array.isArray(value)) return value.map((element) => encodeOne(model, field, element))
  throw refuse(model, field, 'is a list and takes an array')
}

function encodeOne(model: string, field: Field, value: unknown): unknown {
  switch (field.type) {
    case 'Json':
      return json(model, field, value)
    case 'DateTime':
      return date(model, field, value)
    case 'Decimal':
      return decimal(model, field, value)
    case 'BigInt':
      return bigint(model, field, value)
    default:
      return field.enumValues?.get(String(value)) ?? value
  }
}

function json(model: string, field: Field, value: unknown): string {
  if (nameOfNull(value) === 'Prisma.JsonNull') return 'null'
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined) throw refuse(model, field, `takes JSON, which has no ${typeof value}`)
  return text
}

function date(model: string, field: Field, value: unknown): Date {
  const at = value instanceof Date ? value : typeof value === 'string' ? new Date(value) : undefined
  if (at && !Number.isNaN(at.getTime())) return at
  throw refuse(model, field, 'takes a Date, or a time as ISO 8601 has it')
}

/** Also the `Decimal` of Prisma's client. */
function decimal(model: string, field: Field, value: unknown): string {
  const text = String(value)
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return text
  throw refuse(model, field, 'takes a decimal number')
}

function bigint(model: string, field: Field, value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value))) return BigInt(String(value))
  throw refuse(model, field, 'takes a whole number')
}

/** `Prisma.DbNull` and its like are objects that differ in their names only; JSON from Clerk is plain objects. */
function nameOfNull(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? undefined : String(value)
}

function refuse(model: string, field: Field, why: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', `${model}.${field.name} ${why}, and the map returned something else.`)
}
