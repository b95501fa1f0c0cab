import {
  type Column,
  hasVersionsBeside,
  isSynced,
  type Kind,
  property,
  snakeCase,
  type Table,
} from '../../packages/cli/src/tables/table.ts'
import type { Application } from './applications.ts'

const TYPES: { readonly [K in Kind]: string } = {
  clerkId: 'text',
  text: 'text',
  longText: 'text',
  list: 'jsonb',
  date: 'timestamptz(3)',
  amount: 'bigint',
  number: 'integer',
  serial: 'bigint generated always as identity',
}

/** A migration of a Supabase project: tables, who may do what, and indexes. */
export function supabaseSql({ tables, policies }: Application): string {
  const names = (of: readonly Table[]) => of.map(({ name }) => `public.${snakeCase(name)}`).join(', ')
  const readable = tables.filter(({ name }) => policies[name]?.for === 'select')
  const written = tables.filter(({ name }) => policies[name]?.for === 'all')
  // The functions remove a row that has its version beside it; with the version in it, it stays.
  const removed = tables.filter(({ versions }) => versions !== 'row')
  const kept = tables.filter(({ versions }) => versions === 'row')
  const grants = [
    `revoke all on ${names(tables)} from anon, authenticated;`,
    readable.length > 0 && `grant select on ${names(readable)} to authenticated;`,
    written.length > 0 && `grant select, insert, update, delete on ${names(written)} to authenticated;`,
    kept.length > 0 && `grant select, insert, update on ${names(kept)} to service_role;`,
    removed.length > 0 && `grant select, insert, update, delete on ${names(removed)} to service_role;`,
  ].filter(Boolean)
  const secured = tables.map(({ name }) => `alter table public.${snakeCase(name)} enable row level security;`)
  return [
    ...tables.map(tableSql),
    `${grants.join('\n')}\n`,
    `${secured.join('\n')}\n`,
    ...tables.map((table) => policySql(table, policies)),
  ].join('\n')
}

function tableSql({ name, versions, columns, unique = [], indexes = [] }: Table): string {
  const table = snakeCase(name)
  const list = (of: readonly string[]) => of.map(snakeCase).join(', ')
  const lines: (readonly [code: string, comment?: string | undefined])[] = [
    ...columns.map((column) => [columnSql(column), column.comment] as const),
    ...(versions === 'row' ? ["clerk_version text not null default '0'", 'deleted_at timestamptz(3)'] : []).map(
      (code) => [code] as const,
    ),
    ...unique.map((of) => [`unique (${list(of)})`] as const),
  ]
  const body = lines.map(
    ([code, comment], n) =>
      `  ${code}${n < lines.length - 1 ? ',' : ''}${comment === undefined ? '' : ` -- ${comment}`}\n`,
  )
  const made = indexes.map((of) => `create index on public.${table} (${list(of)});\n`)
  return `create table public.${table} (\n${body.join('')});\n${made.join('')}`
}

function columnSql({ name, kind, primary, required, references }: Column): string {
  const parts = [
    snakeCase(name),
    TYPES[kind],
    primary && 'primary key',
    required && 'not null',
    references && `references public.${snakeCase(references.table)} (id) on delete ${references.onDelete}`,
  ]
  return parts.filter(Boolean).join(' ')
}

function policySql({ name }: Table, policies: Application['policies']): string {
  const table = `public.${snakeCase(name)}`
  const policy = policies[name]
  // Without a policy it would be as closed; Supabase's advisor would ask whether one was forgotten.
  if (!policy) {
    return `create policy "Nobody but the service role" on ${table} for select to anon, authenticated using (false);\n`
  }
  const checked = policy.for === 'all' ? `\n  with check (${policy.using})` : ''
  return `create policy "${policy.name}" on ${table} for ${policy.for} to authenticated\n  using (${policy.using})${checked};\n`
}

/** What `supabaseAdapter` is given: the properties of an object, each on a line of its own. */
export function supabaseClerkTables(tables: readonly Table[]): readonly string[] {
  const given = tables.filter(isSynced).map(({ name, columns }) => {
    const filled = columns.filter(({ primary }) => !primary).map((column) => `'${snakeCase(column.name)}'`)
    return property(name, [`table: '${snakeCase(name)}'`, `columns: [${filled.join(', ')}]`])
  })
  return [...given, ...(hasVersionsBeside(tables) ? ["versions: 'clerk_versions',"] : [])]
}
