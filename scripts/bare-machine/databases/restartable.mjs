// A server that a test may restart, which it must not do to the one that all suites share.
//
//   node restartable.mjs KIND     says { url } as JSON; for each line on standard input it restarts and says {}; ends
//                                 with it
import { createInterface } from 'node:readline'
import { startInstalled, startPackaged } from './mysql.mjs'
import { startEmbedded } from './postgres.mjs'

const say = (/** @type {object} */ line) => process.stdout.write(`${JSON.stringify(line)}\n`)
// The asker may be gone while we still write to it.
process.stdout.on('error', () => {})

const kind = /** @type {import('./kinds.mjs').Kind} */ (process.argv[2])
// What was committed before the crash has to be there after it.
const wanted = { kind, durable: true, note: (/** @type {string} */ text) => console.error(text) }
const { url, restart, stop } = await (kind === 'postgres'
  ? startEmbedded(wanted)
  : startInstalled(wanted).catch(() => startPackaged(wanted)))
try {
  say({ url })
  for await (const _ of createInterface(process.stdin)) {
    await restart()
    say({})
  }
} finally {
  await stop()
}
