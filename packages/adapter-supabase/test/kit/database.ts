import { readFile } from 'node:fs/promises'
import pg from 'pg'

let databases = 0

/**
 * The URL of an empty database of a suite's own, with what a Supabase project has before its first migration: its roles,
 * the default privileges of the schema public, and auth.jwt().
 */
export async function freshDatabase(suite: string): Promise<string> {
  const server = process.env.CLERK_SYNC_POSTGRES_URL
  if (!server) throw new Error('CLERK_SYNC_POSTGRES_URL is not set: run the tests through vitest, which sets it.')
  const name = `${suite}_${++databases}`
  await run(server, `drop database if exists ${name} with (force)`)
  await run(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  await run(url.href, SUPABASE)
  return url.href
}

/** Runs one of the files in `sql`, as `supabase db push` would. */
export async function migrate(url: string, file: 'functions' | 'tables' | 'organizations'): Promise<void> {
  await run(url, await readFile(new URL(`../../sql/${file}.sql`, import.meta.url), 'utf8'))
}

export async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

// Roles belong to the server, and suites run side by side. Supabase grants all of public to its roles by default.
const SUPABASE = `
do $$
begin
  perform pg_advisory_xact_lock(20260101);
  if to_regrole('anon') is null then create role anon nologin noinherit; end if;
  if to_regrole('authenticated') is null then create role authenticated nologin noinherit; end if;
  if to_regrole('service_role') is null then create role service_role nologin noinherit bypassrls; end if;
end
$$;
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
create schema auth;
grant usage on schema auth to anon, authenticated, service_role;
create function auth.jwt() returns jsonb language sql stable
  as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
create function auth.uid() returns uuid language sql stable
  as $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
`
