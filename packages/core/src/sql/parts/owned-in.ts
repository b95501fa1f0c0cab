import type { Row } from '../program.ts'

/**
 * The rows of these owners, by owner and id. A collation that ignores case finds others as well, and a column of fixed width
 * pads.
 *
 * @param owner - the name that the owner's id has in the rows
 * @param key - that of the part's own
 */
export function ownedIn(
  rows: readonly Row[],
  owners: readonly string[],
  owner = 'clerk_owner',
  key = 'clerk_key',
): ReadonlyMap<string, ReadonlyMap<string, Row>> {
  const owned = new Map<string, Map<string, Row>>(owners.map((one) => [one, new Map()]))
  for (const row of rows) owned.get(String(row[owner]).trimEnd())?.set(String(row[key]).trimEnd(), row)
  return owned
}
