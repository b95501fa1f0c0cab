// Asks a server whether it is there, with the drivers that the tests use.
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { KINDS } from './kinds.mjs'

/** @typedef {import('./kinds.mjs').Kind} Kind */

/**
 * Runs one statement on a connection of its own and gives the first column of its first row.
 * @param {Kind} kind @param {string} url @param {string} sql
 */
export async function query(kind, url, sql) {
  if (kind === 'postgres') {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
    // A server that goes away while we hang up is no news here.
    client.on('error', () => {})
    try {
      await client.connect()
      const { rows } = await client.query(sql)
      return rows[0] && Object.values(rows[0])[0]
    } finally {
      await client.end().catch(() => {})
    }
  }
  const connection = await mysql.createConnection({ uri: url, connectTimeout: 5_000 })
  try {
    const [rows] = await connection.query(sql)
    const row = Array.isArray(rows) ? rows[0] : undefined
    return row && Object.values(row)[0]
  } finally {
    connection.destroy()
  }
}

/**
 * Waits until the server answers a query, and says which server it is.
 * @param {Kind} kind @param {string} url @param {number} milliseconds
 * @param {() => boolean} [dead] says that waiting is pointless
 */
export async function waitForAnswer(kind, url, milliseconds, dead = () => false) {
  const until = performance.now() + milliseconds
  for (;;) {
    try {
      const version = String(await query(kind, url, kind === 'postgres' ? 'show server_version' : 'select version()'))
      if (kind !== 'postgres' && /mariadb/i.test(version) !== (kind === 'mariadb')) {
        throw Object.assign(new Error(`what answers there is not ${KINDS[kind].title}: ${version}.`), { final: true })
      }
      return `${KINDS[kind].title} ${version.split(/[\s-]/)[0]}`
    } catch (cause) {
      const error = /** @type {Error & { code?: string, final?: boolean }} */ (cause)
      if (error.final) throw error
      if (dead() || performance.now() > until) {
        const { host } = new URL(url)
        throw new Error(`no ${KINDS[kind].title} answers at ${host} (${error.message || error.code}).`, { cause })
      }
    }
    await delay(100)
  }
}

/** A port that was free a moment ago: whoever uses it must be ready to lose it to somebody else. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
      server.close(() => resolve(port))
    })
  })
}
