import { serverUrl } from '@clerk-sync/bare-machine/server-url'
import pg from 'pg'

let databases = 0

/**
 * The URL of an empty database of a suite's own, so that suites can run side by side. Each call makes another one: a
 * connection of the last test may still be closing.
 */
export async function freshDatabase(suite: string): Promise<string> {
  const server = await serverUrl('CLERK_SYNC_POSTGRES_URL')
  const name = `${suite}_${++databases}`
  const client = new pg.Client(server)
  await client.connect()
  await client.query(`drop database if exists ${name} with (force)`)
  await client.query(`create database ${name}`)
  await client.end()
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** The isolation level of every transaction of a connection, as a start-up option. */
export function isolationOption(level: string | undefined): string {
  return level ? `-c default_transaction_isolation=${level.replace(' ', '\\ ')}` : ''
}
