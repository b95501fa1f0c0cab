import type { Problem } from '../port/sync-adapter.ts'
import type { SqlTable } from './table.ts'
import type { Command, RowSecurityFacts, TableFacts } from './table-facts.ts'

const COMMANDS: readonly Command[] = ['select', 'insert', 'update', 'delete']

/** What keeps the role that asks from writing to a table, or from seeing what it wrote. */
export function checkAccess(
  { name: table, quoted }: Pick<SqlTable, 'name' | 'quoted'>,
  { columns, rowSecurity }: TableFacts,
  needed: Readonly<Partial<Record<Command, readonly string[]>>>,
): Problem[] {
  const missing = COMMANDS.flatMap((command) => {
    const denied = (needed[command] ?? []).filter((column) => columns.get(column)?.denied?.includes(command))
    if (denied.length === 0) return []
    // A row is deleted as a whole.
    return [command === 'delete' ? command : `${command} (${denied.join(', ')})`]
  })
  const problems: Problem[] = []
  if (missing.length > 0) {
    problems.push({
      severity: 'error',
      table,
      message:
        `${table}: the role that the application connects as lacks privileges, and every delivery is answered 503 ` +
        `store_failed: grant ${missing.join(', ')} on ${quoted} to it.`,
    })
  }
  return rowSecurity ? [...problems, ...checkPolicies(table, quoted, rowSecurity, needed)] : problems
}

function checkPolicies(
  table: string,
  quoted: string,
  { role, policies }: RowSecurityFacts,
  needed: Readonly<Partial<Record<Command, readonly string[]>>>,
): Problem[] {
  const missing = COMMANDS.filter(
    (command) =>
      needed[command] && !policies.some(({ permissive, commands }) => permissive && commands.includes(command)),
  )
  if (missing.length > 0) {
    return [
      {
        severity: 'error',
        table,
        message:
          `${table} has row-level security, and no policy lets the role ${role} ${missing.join(', ')}: every delivery is ` +
          `answered 503 store_failed. Give it one, create policy clerk_sync on ${quoted} for all to ${role} using (true) ` +
          "with check (true), or let the application connect as the table's owner or as a role with BYPASSRLS.",
      },
    ]
  }
  const limiting = policies.filter(
    ({ always, permissive, commands }) =>
      !always && (!permissive || commands.some((command) => !isOpen(policies, command))),
  )
  const hiding = limiting.filter(({ refusesDeleted, permissive, commands }) => {
    const letsPass = (command: Command) =>
      policies.some((one) => one.permissive && !one.refusesDeleted && one.commands.includes(command))
    return refusesDeleted && (!permissive || commands.some((command) => needed[command] && !letsPass(command)))
  })
  return [
    ...hiding.map(({ name }) => hidesDeleted(table, name, role)),
    ...limiting.filter((policy) => !hiding.includes(policy)).map(({ name }) => limits(table, name, role)),
  ]
}

function hidesDeleted(table: string, policy: string, role: string): Problem {
  const message =
    `${table}: the policy ${policy} hides a row from the role ${role} once it is deleted, and PostgreSQL refuses a write ` +
    'after which the row is hidden: every delete is answered 503 store_failed, and nothing is erased. Let the policy ' +
    `pass deleted rows for ${role}, and hide them from other roles, or in the queries.`
  return { severity: 'error', table, message }
}

function limits(table: string, policy: string, role: string): Problem {
  const message =
    `${table}: the policy ${policy} decides which rows the role ${role} reads and writes: a row that it hides or forbids ` +
    'is answered 503 store_failed. Let the role write every row.'
  return { severity: 'warning', table, message }
}

function isOpen(policies: RowSecurityFacts['policies'], command: Command): boolean {
  return policies.some(({ permissive, always, commands }) => permissive && always && commands.includes(command))
}
