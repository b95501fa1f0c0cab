import type { Values } from '../port/sync-adapter.ts'
import { quotedLike, writtenByDelete } from './check-tombstones.ts'
import { unquoted } from './names.ts'
import type { Program } from './program.ts'
import { isInRow, type KeyedTable } from './table.ts'
import type { PolicyFacts, TableFacts } from './table-facts.ts'
import { type TryParts, tryCheck } from './try-check.ts'

/**
 * Which policies pass a row, and not the same row once it is deleted: PostgreSQL refuses a write after which the row is
 * hidden. Nothing is written.
 */
export function* tryPolicies(
  parts: TryParts,
  synced: KeyedTable,
  facts: TableFacts,
  written: Values | undefined,
): Program<TableFacts> {
  const { rowSecurity, columns } = facts
  if (!rowSecurity || !written || !isInRow(synced)) return facts
  const deleted = writtenByDelete(synced, written)
  const alive = new Map([...deleted, [unquoted(synced.column(synced.deletedAt)), null]])
  const quoted = (column: string) => quotedLike(synced, column)
  const policies: PolicyFacts[] = []
  for (const policy of rowSecurity.policies) {
    let refusesDeleted = false
    for (const condition of new Set([policy.using, policy.withCheck])) {
      if (condition === undefined || refusesDeleted) continue
      // Of a policy, NULL is a refusal.
      const check = { name: policy.name, expression: `coalesce((${condition}), false)` }
      const ofDeleted = yield* tryCheck(parts, check, { columns, quoted, given: deleted })
      if (ofDeleted.is !== 'refuses') continue
      refusesDeleted = (yield* tryCheck(parts, check, { columns, quoted, given: alive })).is === 'passes'
    }
    policies.push({ ...policy, refusesDeleted })
  }
  return { ...facts, rowSecurity: { ...rowSecurity, policies } }
}
