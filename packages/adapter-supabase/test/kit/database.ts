import { readFile } from 'node:fs/promises'
import { EMPTY_PROJECT } from '@clerk-sync/supabase-fake'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import pg from 'pg'

const urls = new Map<string, string>()

/** A database is made once a suite: to make one takes longer than most tests. */
const WITHOUT_SCHEMAS = `do $$ declare name text; begin
  for name in select nspname from pg_namespace where nspname not like 'pg\\_%' and nspname <> 'information_schema' loop
    execute format('drop schema %I cascade', name);
  end loop;
  create schema public;
end $$`

/** The URL of the suite's own database, with what a Supabase project has before its first migration. */
export async function freshProject(suite: string): Promise<string> {
  const used = urls.get(suite)
  const url = used ?? (await freshDatabase('postgres', suite))
  urls.set(suite, url)
  if (used) await run(url, WITHOUT_SCHEMAS)
  await run(url, EMPTY_PROJECT)
  return url
}

/** The files in `sql`, in an order in which they can be run. */
export const SQL_FILES = ['functions', 'tables', 'parts', 'organizations', 'plans', 'versions'] as const
export type SqlFile = (typeof SQL_FILES)[number]

/** Runs one of the files in `sql`, as `supabase db push` would. */
export async function migrate(url: string, file: SqlFile): Promise<void> {
  await run(url, await readFile(new URL(`../../sql/${file}.sql`, import.meta.url), 'utf8'))
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
