import { readFile } from 'node:fs/promises'
import { serverUrl } from '@clerk-sync/bare-machine/server-url'
import { EMPTY_PROJECT } from '@clerk-sync/supabase-stand-in'
import pg from 'pg'

let databases = 0

/** The URL of a database of a suite's own, with what a Supabase project has before its first migration. */
export async function freshDatabase(suite: string): Promise<string> {
  const server = await serverUrl('CLERK_SYNC_POSTGRES_URL')
  const name = `${suite}_${++databases}`
  await run(server, `drop database if exists ${name} with (force)`)
  await run(server, `create database ${name} encoding 'UTF8' template template0`)
  const url = new URL(server)
  url.pathname = `/${name}`
  await run(url.href, EMPTY_PROJECT)
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
