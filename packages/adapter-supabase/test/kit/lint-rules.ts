// Rules of Supabase's database linter (https://supabase.com/docs/guides/database/database-linter), in SQL of our own: each
// gives what it finds fault with. Those are here that tables, views, policies and functions can break; others look at
// extensions, buckets, statistics or settings. auth_allow_anonymous_sign_ins is not: it finds every policy for
// authenticated that does not ask for is_anonymous, and users of Clerk do not sign in at Supabase.

const OPEN_ROLES = "array['anon', 'authenticated']"

/** An auth function that is evaluated for each row: not as the first thing of a subquery. */
const perRow = (expression: string) => `${expression} ~ 'auth\\.(uid|jwt|role|email)\\(\\)'
  and regexp_replace(${expression}, 'SELECT auth\\.(uid|jwt|role|email)\\(\\)', '', 'g') ~ 'auth\\.(uid|jwt|role|email)\\(\\)'`

export const LINT_RULES = {
  unindexed_foreign_keys: `select conname from pg_constraint c
    where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
      select from pg_index i where i.indrelid = c.conrelid and i.indisvalid
        and (string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(c.conkey)] = c.conkey)`,
  auth_rls_initplan: `select policyname from pg_policies
    where schemaname = 'public' and ((${perRow('qual')}) or (${perRow('with_check')}))`,
  no_primary_key: `select relname from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace
    and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
  multiple_permissive_policies: `select tablename from pg_policies p, unnest(roles) as role,
      unnest(case cmd when 'ALL' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE'] else array[cmd] end) as command
    where schemaname = 'public' and permissive = 'PERMISSIVE' group by tablename, role, command having count(*) > 1`,
  policy_exists_rls_disabled: `select distinct relname from pg_class c join pg_policy p on p.polrelid = c.oid
    where relnamespace = 'public'::regnamespace and not relrowsecurity`,
  rls_enabled_no_policy: `select relname from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace
    and relrowsecurity and not exists (select from pg_policy p where p.polrelid = c.oid)`,
  duplicate_index: `select min(indexname) from pg_indexes where schemaname = 'public'
    group by tablename, replace(indexdef, indexname, '') having count(*) > 1`,
  security_definer_view: `select relname from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace
    and not coalesce(reloptions, '{}') && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1']`,
  function_search_path_mutable: `select proname from pg_proc where pronamespace = 'public'::regnamespace
    and not exists (select from unnest(proconfig) as setting where setting like 'search_path=%')`,
  rls_disabled_in_public: `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
    and not relrowsecurity`,
  rls_references_user_metadata: `select policyname from pg_policies
    where schemaname = 'public' and concat(qual, with_check) ~ '(user_metadata|raw_user_meta_data)'`,
  materialized_view_in_api: `select relname from pg_class, unnest(${OPEN_ROLES}) as role
    where relkind = 'm' and relnamespace = 'public'::regnamespace and has_table_privilege(role, oid, 'select')`,
  rls_policy_always_true: `select policyname from pg_policies where schemaname = 'public' and permissive = 'PERMISSIVE'
    and cmd <> 'SELECT' and (qual = 'true' or with_check = 'true')`,
  rls_policy_null_auth_disjunct: `select policyname from pg_policies where schemaname = 'public'
    and qual ~ 'auth\\.(uid|jwt|role)\\(\\).* IS NULL\\) OR'`,
  security_definer_function_executable: `select distinct proname from pg_proc, unnest(${OPEN_ROLES}) as role
    where pronamespace = 'public'::regnamespace and prosecdef and has_function_privilege(role, oid, 'execute')`,
}
