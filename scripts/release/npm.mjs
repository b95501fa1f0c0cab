import { spawn } from 'node:child_process'

/**
 * Runs npm, or what else is found on the PATH, and collects what it prints.
 * @param {string[]} args
 * @param {{ command?: string, cwd?: string, env?: Record<string, string>, mayFail?: boolean }} [options]
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export function npm(args, { command = 'npm', cwd, env, mayFail = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm and npx are batch files on Windows, which only a shell runs.
      shell: process.platform === 'win32',
    })
    let output = ''
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0 || mayFail) resolve({ ok: code === 0, output })
      else reject(new Error(`${command} ${args.join(' ')} failed:\n${output}`))
    })
  })
}
