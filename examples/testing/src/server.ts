import { execFile, spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'

const LONGEST_START_MS = 60_000
const LONGEST_BUILD_MS = 300_000

export interface ExampleServer {
  /** `http://127.0.0.1:…` */
  readonly url: string
  /** What it has printed so far, to both streams. */
  output(): string
  stop(): Promise<void>
}

/** Runs what a framework builds with, and fails with what it printed. */
export async function build(
  cwd: string,
  command: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const [program, ...args] = command
  const options = { cwd, env: { ...process.env, ...productive, ...env }, timeout: LONGEST_BUILD_MS, maxBuffer: 2 ** 24 }
  const failed = await new Promise<string | undefined>((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) =>
      resolve(error ? `${error.message}\n${stdout}\n${stderr}` : undefined),
    )
  })
  if (failed !== undefined) throw new Error(failed)
}

/**
 * Starts an example as its README says, on a free port, and resolves when it accepts connections. The port goes into
 * `PORT`, and into the command where it says `{port}`.
 */
export async function startServer(options: {
  readonly cwd: string
  readonly command: readonly [string, ...string[]]
  readonly env?: NodeJS.ProcessEnv
}): Promise<ExampleServer> {
  const port = await freePort()
  const [program, ...args] = options.command.map((part) => part.replace('{port}', String(port))) as [string]
  // Its own process group, since frameworks start processes of their own.
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...productive, HOST: '127.0.0.1', ...options.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  let failure: string | undefined
  child.once('error', (error) => {
    failure = error.message
  })
  const ended = new Promise<void>((resolve) => {
    child.once('close', (code) => {
      failure ??= `it ended with ${code}`
      resolve()
    })
  })
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGKILL')
    }
    await ended
  }
  const deadline = Date.now() + LONGEST_START_MS
  while (!(await accepts(port))) {
    if (failure === undefined && Date.now() < deadline) continue
    await stop()
    throw new Error(`${options.command.join(' ')} did not start: ${failure ?? 'nothing listens'}.\n${output}`)
  }
  return { url: `http://127.0.0.1:${port}`, output: () => output, stop }
}

/** Vitest's own mode is not theirs. */
const productive = { NODE_ENV: 'production', VITEST: undefined, TEST: undefined }

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}

async function accepts(port: number): Promise<boolean> {
  const connected = await new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
  if (!connected) await new Promise((resolve) => setTimeout(resolve, 50))
  return connected
}
