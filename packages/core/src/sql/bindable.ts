import { ClerkSyncError } from '../errors.ts'
import type { Dialect } from './dialects/dialect.ts'

/**
 * The last look at a parameter, whatever the map, the ORM and the driver: what is no single value would become a piece
 * of the statement with some drivers, and another value with others.
 *
 * @throws ClerkSyncError `config_invalid`, which names the column and the kind of value, and never the value.
 */
export function bindable(dialect: Dialect, column: string, value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value
    case 'object':
      if (value === null || value instanceof Date || value instanceof Uint8Array || dialect.bindsObjects) return value
  }
  throw new ClerkSyncError(
    'config_invalid',
    `${column} is given ${Array.isArray(value) ? 'an array' : `a value of the type ${typeof value}`}, which the database ` +
      'cannot take as one value. Return text, a number, true or false, a Date, bytes or null from the map.',
    { thrownBy: 'map' },
  )
}
