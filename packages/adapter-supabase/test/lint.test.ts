import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { freshProject, migrate, SQL_FILES } from './kit/database.ts'
import { LINT_RULES } from './kit/lint-rules.ts'

/** What each rule must find, so that one that finds nothing is no proof. */
const FAULTS: Record<keyof typeof LINT_RULES, string> = {
  unindexed_foreign_keys: 'create table bad (user_id text references users (id))',
  auth_rls_initplan: "create policy bad on users for update using ((select auth.jwt() ->> 'sub') = id)",
  no_primary_key: 'create table bad (id text)',
  multiple_permissive_policies: 'create policy bad on users for all to authenticated using (false)',
  policy_exists_rls_disabled: 'alter table users disable row level security',
  rls_enabled_no_policy: 'drop policy "No user reads the ledger" on clerk_events',
  duplicate_index: 'create index bad on clerk_events (processed_at)',
  security_definer_view: 'create view bad as select * from users',
  function_search_path_mutable: 'create function bad() returns int language sql as $$ select 1 $$',
  rls_disabled_in_public: 'create table bad (id text primary key)',
  rls_references_user_metadata:
    "create policy bad on users for update using (((select auth.jwt()) -> 'user_metadata' ->> 'admin') = 'yes')",
  materialized_view_in_api: 'create materialized view bad as select * from users',
  rls_policy_always_true: 'create policy bad on users for update using (true)',
  rls_policy_null_auth_disjunct:
    "create policy bad on users for update using ((select auth.jwt()) is null or ((select auth.jwt()) ->> 'sub') = id)",
  security_definer_function_executable:
    "create function bad() returns int language sql security definer set search_path = '' as $$ select 1 $$",
}

const RULES = Object.entries(FAULTS).map(
  ([name, fault]) => [name, { rule: LINT_RULES[name as keyof typeof LINT_RULES], fault }] as const,
)

it("Supabase's linter finds nothing in the shipped files, and each of its rules finds what breaks it", async () => {
  const url = await freshProject('supabase_lint')
  for (const file of SQL_FILES) await migrate(url, file)
  const project = new pg.Client(url)
  await project.connect()
  onTestFinished(() => project.end())
  const found = async (rule: string) => (await project.query(rule)).rows.map((row) => Object.values(row)[0])
  const faults = []
  for (const [name, { rule, fault }] of RULES) {
    const clean = await found(rule)
    await project.query('begin')
    await project.query(fault)
    const broken = await found(rule)
    await project.query('rollback')
    faults.push({ name, clean, finds: broken.length > 0 })
  }
  expect(faults).toEqual(RULES.map(([name]) => ({ name, clean: [], finds: true })))
})
