import { ClerkSyncError } from '../errors.ts'
import { isClerkId } from '../port/clerk-id.ts'
import { valueAt } from './value-at.ts'

const LONGEST_TEXT = 255

/**
 * What a record cannot do without.
 *
 * @param what - whose it is, for the message
 * @throws ClerkSyncError `payload_invalid` where there is no text at the path, or none that a column holds.
 */
export function requireText(what: string, data: object, path: readonly string[]): void {
  const value = valueAt(data, path)
  const isId = /(^|_)id$/.test(path.at(-1) ?? '')
  const isValid = isId ? isClerkId(value) : typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT
  if (isValid) return
  throw new ClerkSyncError(
    'payload_invalid',
    `${what} must have text, up to ${LONGEST_TEXT} ${isId ? 'printable ASCII characters' : 'characters'}, in ` +
      `data.${path.join('.')}.`,
  )
}
