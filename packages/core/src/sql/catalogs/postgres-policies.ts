import { type Program, query } from '../program.ts'
import type { Command, PolicyFacts, RowSecurityFacts } from '../table-facts.ts'

const COMMANDS: Readonly<Record<string, readonly Command[]>> = {
  '*': ['select', 'insert', 'update', 'delete'],
  r: ['select'],
  a: ['insert'],
  w: ['update'],
  d: ['delete'],
}

/** The policies of a table that are for the role that asks. */
export function* rowSecurityOf(table: string, role: string): Program<RowSecurityFacts> {
  const policies = yield* query(
    `select polname::text as name, polcmd::text as command, polpermissive as permissive,
       coalesce(pg_get_expr(polqual, polrelid), 'true') as using,
       coalesce(pg_get_expr(polwithcheck, polrelid), pg_get_expr(polqual, polrelid), 'true') as with_check
     from pg_policy
     where polrelid = to_regclass($1)
       and exists (
         select from unnest(polroles) r
         where case when r = 0 then true else pg_has_role(current_user, r, 'usage') end
       )`,
    table,
  )
  return {
    role,
    policies: policies.map(
      (row): PolicyFacts => ({
        name: String(row.name),
        commands: COMMANDS[String(row.command)] ?? [],
        permissive: row.permissive === true,
        always: row.using === 'true' && row.with_check === 'true',
        using: String(row.using),
        withCheck: String(row.with_check),
      }),
    ),
  }
}
