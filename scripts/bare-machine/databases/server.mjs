// A database server that is ours: its own data directory and port, gone when it is stopped.
import { spawn } from 'node:child_process'
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { urlOf } from './kinds.mjs'
import { freePort, query, waitForAnswer } from './probe.mjs'

/** @typedef {{ uid?: number, gid?: number }} User */
/** @typedef {{ command: string, args: string[], input?: string }} Command */
/**
 * @typedef {object} Recipe
 * @property {import('./kinds.mjs').Kind} kind
 * @property {string} rung   what to tell the reader
 * @property {User} [user]   whom the server runs as
 * @property {string} login  the user that clients connect as, without a password
 * @property {string} home   the database that is there from the start
 * @property {NodeJS.Signals} end  ends the server at once
 * @property {(folder: string) => Command} prepare  fills `data` in that folder
 * @property {(folder: string, port: number) => Command} serve
 */

/**
 * `restart` ends the server as a crash would, and starts it again with its data and at its port.
 * @param {Recipe} recipe @returns {Promise<import('./keeper.mjs').Running & { restart: () => Promise<void> }>}
 */
export async function startServer({ kind, rung, user = {}, login, home, end, prepare, serve }) {
  const folder = await mkdtemp(join(tmpdir(), `clerk-sync-${kind}-`))
  /** @type {ReturnType<typeof run> | undefined} */
  let server
  const stop = async () => {
    server?.child.kill(end)
    await server?.ended
    // What the server leaves behind for a moment (a worker, a lock file) must not fail the clean-up.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
  try {
    const data = join(folder, 'data')
    await mkdir(data, { mode: 0o700 })
    if (user.uid !== undefined && user.gid !== undefined) {
      for (const owned of [folder, data]) await chown(owned, user.uid, user.gid)
    }
    const { code, output } = await run(prepare(folder), user).ended
    if (code !== 0) throw new Error(`its data directory could not be made (${code}):\n${tail(output())}`)
    for (let attempt = 1; ; attempt++) {
      const port = await freePort()
      server = run(serve(folder, port), user)
      let over = false
      const ended = server.ended.then((end) => {
        over = true
        return end
      })
      try {
        const base = urlOf(kind, `${login}@127.0.0.1:${port}`, home)
        await waitForAnswer(kind, base, 60_000, () => over)
        // Somebody else's server on our port would have answered as well.
        if (over) throw new Error('it ended while it started.')
        await query(kind, base, 'create database test')
        const restart = async () => {
          server?.child.kill(end)
          await server?.ended
          server = run(serve(folder, port), user)
          await waitForAnswer(kind, base, 60_000)
        }
        return { url: urlOf(kind, `${login}@127.0.0.1:${port}`, 'test'), rung, stop, restart }
      } catch (error) {
        server.child.kill(end)
        const { output } = await ended
        if (attempt === 3) throw new Error(`${error instanceof Error ? error.message : error}\n${tail(output())}`)
      }
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** @param {Command} command @param {User} user */
function run({ command, args, input }, user) {
  // Nothing of the caller's session: what a terminal sends is for the client, the server ends when it is told to.
  const child = spawn(command, args, { ...user, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  let text = ''
  const collect = (/** @type {Buffer} */ chunk) => {
    text = (text + chunk).slice(-20_000)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  /** @type {Promise<{ code: number | string | null, output: () => string }>} */
  const ended = new Promise((resolve) => {
    const output = () => text
    child.once('error', (error) => {
      text += error.message
      resolve({ code: 'not started', output })
    })
    child.once('close', (code, signal) => resolve({ code: code ?? signal, output }))
  })
  return { child, ended }
}

const tail = (/** @type {string} */ text) => text.trimEnd().split('\n').slice(-8).join('\n')
