import { serverUrl } from '@clerk-sync/bare-machine/server-url'
import mysql from 'mysql2/promise'
import pg from 'pg'

/** The servers that tests run against; SQLite needs none. */
export type Server = 'postgres' | 'mysql' | 'mariadb'

let databases = 0

/**
 * The URL of an empty database on a server, for a suite or a test of its own, so that suites can run side by side. Each
 * call makes another one: a connection of the last test may still be closing.
 *
 * @param suite - begins the name of the database; no two files may share it
 */
export async function freshDatabase(server: Server, suite: string): Promise<string> {
  const url = await urlOf(server)
  const name = `${suite}_${++databases}`
  await (server === 'postgres' ? createOnPostgres(url, name) : createOnMysql(url, name))
  url.pathname = `/${name}`
  return url.href
}

async function createOnPostgres(server: URL, name: string): Promise<void> {
  const client = new pg.Client(server.href)
  await client.connect()
  await client.query(`drop database if exists ${name} with (force)`)
  await client.query(`create database ${name} encoding 'UTF8' template template0`)
  await client.end()
}

async function createOnMysql(server: URL, name: string): Promise<void> {
  const connection = await mysql.createConnection(server.href)
  await connection.query(`drop database if exists ${name}`)
  await connection.query(`create database ${name}`)
  await connection.end()
}

async function urlOf(server: Server): Promise<URL> {
  return new URL(await serverUrl(`CLERK_SYNC_${server.toUpperCase() as Uppercase<Server>}_URL`))
}
