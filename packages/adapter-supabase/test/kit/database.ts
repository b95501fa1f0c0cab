import { readFile } from 'node:fs/promises'
import { EMPTY_PROJECT } from '@clerk-sync/supabase-fake'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import pg from 'pg'

/** The URL of a database of its own, with what a Supabase project has before its first migration. */
export async function freshProject(suite: string): Promise<string> {
  const url = await freshDatabase('postgres', suite)
  await run(url, EMPTY_PROJECT)
  return url
}

/** Runs one of the files in `sql`, as `supabase db push` would. */
export async function migrate(url: string, file: 'functions' | 'tables' | 'organizations'): Promise<void> {
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
