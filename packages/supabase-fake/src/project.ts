/**
 * What the database of a Supabase project has before its first migration, as far as clerk-sync meets it: the roles, the
 * default privileges of the schema public, which grant them everything, the schema extensions, and auth.jwt().
 */
export const EMPTY_PROJECT = `
-- Roles belong to the server, and suites run side by side: another one may be first.
do $$
declare
  role record;
begin
  for role in select * from (values ('anon', ''), ('authenticated', ''), ('service_role', 'bypassrls')) as r(name, may) loop
    begin
      if to_regrole(role.name) is null then execute format('create role %I nologin noinherit %s', role.name, role.may); end if;
    exception when duplicate_object or unique_violation then null;
    end;
  end loop;
end
$$;
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
create schema extensions;
grant usage on schema extensions to anon, authenticated, service_role;
create schema auth;
grant usage on schema auth to anon, authenticated, service_role;
create function auth.jwt() returns jsonb language sql stable
  as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
create function auth.uid() returns uuid language sql stable
  as $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
`
