// The quickstart as a user has it: a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const MAIN = `${import.meta.dirname}/../../src/main.ts`

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const running = new Set<ChildProcess>()

type Env = Readonly<Record<string, string>>

function start(args: readonly string[], env: Env): ChildProcess {
  // Nothing of the caller's environment may decide what the process does. Its zone is not UTC, nor the databases': dates
  // must not depend on either.
  const { PATH = '', TMPDIR = '', NODE_COMPILE_CACHE = '' } = process.env
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH, TZ: 'America/St_Johns', NODE_COMPILE_CACHE, ...(TMPDIR && { TMPDIR }), ...env },
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Ends what a test that failed has left running. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (data) => {
    output.stdout += data
  })
  child.stderr?.on('data', (data) => {
    output.stderr += data
  })
  return output
}

/** Runs it until it ends by itself. */
export async function run(args: readonly string[], env: Env = {}): Promise<Ended> {
  const child = start(args, env)
  const output = collect(child)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}

export interface ServerProcess {
  readonly url: string
  readonly pid: number
  readonly output: { readonly stdout: string; readonly stderr: string }
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** Starts it with `--serve` and waits until it says that it is ready. */
export async function serve(env: Env): Promise<ServerProcess> {
  const child = start(['--serve'], { PORT: '0', CLERK_WEBHOOK_SIGNING_SECRET: SECRET, ...env })
  const output = collect(child)
  const ended = once(child, 'close') as Promise<[number | null]>
  const ready = new Promise<{ url: string; pid: number }>((resolve) => {
    if (!child.stdout) throw new Error('no output')
    createInterface(child.stdout).on('line', (line) => {
      const [, url, pid] = /^ready (http:\/\/127\.0\.0\.1:\d+) pid (\d+)$/.exec(line) ?? []
      if (url) resolve({ url, pid: Number(pid) })
    })
  })
  const early = ended.then(([code]) => {
    throw new Error(`The server ended with ${code} before it was ready: ${output.stderr}`)
  })
  const { url, pid } = await Promise.race([ready, early])
  early.catch(() => {})
  return {
    url,
    pid,
    output,
    async end(signal) {
      process.kill(pid, signal)
      return (await ended)[0]
    },
  }
}
