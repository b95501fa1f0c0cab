// A PostgreSQL that a test may restart, which it must not do to the one that all suites share.
//
//   node restartable.mjs     says { url } as JSON; for each line on standard input it restarts and says {}; ends with it
import { createInterface } from 'node:readline'
import { startEmbedded } from './postgres.mjs'

const say = (/** @type {object} */ line) => process.stdout.write(`${JSON.stringify(line)}\n`)
// The asker may be gone while we still write to it.
process.stdout.on('error', () => {})

// What was committed before the crash has to be there after it.
const { url, restart, stop } = await startEmbedded({ durable: true })
try {
  say({ url })
  for await (const _ of createInterface(process.stdin)) {
    await restart()
    say({})
  }
} finally {
  await stop()
}
