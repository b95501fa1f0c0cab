// A child that is the whole of what this process does from now on: our standard streams are its own, signals that
// reach us reach it, and its end is ours.
import { constants } from 'node:os'

/** @param {import('node:child_process').ChildProcess} child started with `stdio: 'inherit'` @returns {Promise<never>} */
export function handOver(child) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both of us already, and a second one often means "at once".
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    })
  }
  return new Promise((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}

/**
 * A signal that ends `npm run` ends the shell in between, which passes nothing on: without this, a server would be left
 * behind. Only below npm: elsewhere a parent may rightly end before us.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
  }, 250).unref()
}
