import type { Problem } from '../port/sync-adapter.ts'
import type { TableFacts } from './table-facts.ts'

/** PostgreSQL's rules: `create rule … on insert`. */
export function checkRules(table: string, { rules = [] }: TableFacts): Problem[] {
  return rules.map((rule) => ({
    severity: 'error',
    table,
    message:
      `${table} has the rule ${rule}, and PostgreSQL takes no guarded write where a rule rewrites inserts or updates: every ` +
      'write is answered 503 store_failed. Drop the rule; a trigger can do what it does.',
  }))
}
