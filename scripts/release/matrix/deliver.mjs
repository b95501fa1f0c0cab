// A route that runs is sent what Clerk would send it; what it wrote is read from its file without it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { clerkEvent, signedRequest } from '@clerk-sync/testing'

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const ANOTHER = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'
const USER = { id: 'user_1', email: 'ada@example.com' }
const TABLE = `create table users
  (id text primary key, email text, clerk_version text not null default '0', deleted_at integer)`
const PATIENCE = 60_000

/** @param {string} file */
export function createTable(file) {
  const database = new DatabaseSync(file)
  database.exec(TABLE)
  database.close()
}

/**
 * Starts the server, which takes its port from PORT, and stops it behind the deliveries.
 * @param {string[]} command @param {string} cwd @param {Record<string, string>} env
 */
export async function deliverTo([command = '', ...args], cwd, env) {
  const port = await freePort()
  // A group of its own: a package manager, a shell and the server end together.
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env, PORT: String(port) }, detached: true })
  let output = ''
  const collect = (/** @type {Buffer} */ chunk) => {
    output += chunk
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const closed = once(child, 'close')
  try {
    const url = `http://127.0.0.1:${port}/api/webhooks/clerk`
    await answers(url, child)
    const event = clerkEvent('user.created', { id: USER.id, email_addresses: [{ email_address: USER.email }] })
    const send = async (/** @type {string} */ secret) => {
      const response = await fetch(signedRequest(url, event, { secret }))
      return [response.status, await response.text()]
    }
    assert.deepEqual(await send(ANOTHER), [400, '{"code":"signature_mismatch"}'])
    assert.deepEqual(await send(SECRET), [200, '{"outcome":"created"}'])
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${output}`)
  } finally {
    if (child.pid && !hasEnded(child)) process.kill(-child.pid)
    await closed
  }
}

/** @param {string} home @param {string} files where the application keeps its database */
export function assertWritten(home, files) {
  const [file = ''] = globSync(files, { cwd: home, exclude: ['**/metadata.sqlite'] })
  const database = new DatabaseSync(join(home, file), { readOnly: true })
  const rows = database.prepare('select id, email from users').all()
  database.close()
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    [USER],
  )
}

/** @param {string} url @param {import('node:child_process').ChildProcess} child */
async function answers(url, child) {
  for (const end = Date.now() + PATIENCE; ; await setTimeout(100)) {
    if (hasEnded(child)) throw new Error(`The server ended with ${child.exitCode ?? child.signalCode}.`)
    const answered = await fetch(url).then(
      () => true,
      () => false,
    )
    if (answered) return
    if (Date.now() > end) throw new Error(`The server did not answer within ${PATIENCE / 1000} s.`)
  }
}

/** @param {import('node:child_process').ChildProcess} child */
const hasEnded = ({ exitCode, signalCode }) => exitCode !== null || signalCode !== null

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  await once(server, 'close')
  return port
}
