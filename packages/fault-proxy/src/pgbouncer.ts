import { spawn, spawnSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PgBouncer {
  /** The target's URL, through the pooler. */
  readonly url: string
  close(): Promise<void>
}

/**
 * PgBouncer in transaction mode, with more connections to the server than one, as in production: what a client sends
 * after its transaction lands on another of them. It keeps no prepared statements, as the versions before 1.21.
 */
export async function startPgBouncer(options: {
  readonly target: string
  /** Connections to the server; 4 by default. */
  readonly poolSize?: number
}): Promise<PgBouncer> {
  const [command, ...before] = commandOf(process.env.CLERK_SYNC_PGBOUNCER)
  const target = new URL(options.target)
  const database = target.pathname.slice(1)
  const folder = await mkdtemp(join(tmpdir(), 'clerk-sync-pgbouncer-'))
  // It does not run as root, and reads its files as the user it becomes.
  await chmod(folder, 0o755)
  const isRoot = process.getuid?.() === 0
  const port = await freePort()
  const password = decodeURIComponent(target.password)
  const users = join(folder, 'users.txt')
  await writeFile(users, `"${decodeURIComponent(target.username)}" "${password}"\n`)
  const config = join(folder, 'pgbouncer.ini')
  await writeFile(
    config,
    [
      '[databases]',
      `${database} = host=${target.hostname} port=${target.port} dbname=${database}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      `auth_type = ${password ? 'scram-sha-256' : 'trust'}`,
      `auth_file = ${users}`,
      'pool_mode = transaction',
      `default_pool_size = ${options.poolSize ?? 4}`,
      'max_client_conn = 200',
      // Connections to the server are used in turn, so that a statement meets one that has never seen it.
      'server_round_robin = 1',
      // After a server that was away it would try again only 15 s later, and refuse everybody meanwhile.
      'server_login_retry = 1',
      ...(isRoot ? ['user = nobody'] : []),
      ...(knowsPrepared(command, before) ? ['max_prepared_statements = 0'] : []),
      '',
    ].join('\n'),
  )
  const child = spawn(command, [...before, config], { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk).slice(-20_000)
  })
  let isOver = false
  const ended = new Promise<void>((resolve) => {
    const end = (error?: unknown) => {
      if (error instanceof Error) log += error.message
      isOver = true
      resolve()
    }
    child.once('error', end)
    child.once('close', () => end())
  })
  const close = async () => {
    // SIGINT waits for clients.
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true })
  }
  while (!(await answers(port))) {
    if (!isOver) continue
    await close()
    throw new Error(`PgBouncer ended while it started: ${log}`)
  }
  const url = new URL(target)
  url.host = `127.0.0.1:${port}`
  return { url: url.href, close }
}

/** Since 1.21 it can keep prepared statements, and by default it does since 1.24. */
function knowsPrepared(command: string, before: readonly string[]): boolean {
  const { stdout } = spawnSync(command, [...before, '--version'], { encoding: 'utf8' })
  const version = /PgBouncer (\d+)\.(\d+)/.exec(stdout)
  if (!version) throw new Error(`PgBouncer does not tell its version: ${stdout}`)
  return Number(version[1]) > 1 || Number(version[2]) >= 21
}

function commandOf(variable: string | undefined): [string, ...string[]] {
  if (!variable) throw new Error('CLERK_SYNC_PGBOUNCER is not set: run the tests through vitest, which sets it.')
  const command: unknown = JSON.parse(variable)
  if (Array.isArray(command) && command.every((part) => typeof part === 'string') && command[0] !== undefined) {
    return [command[0], ...command.slice(1)]
  }
  throw new Error('CLERK_SYNC_PGBOUNCER is a list in JSON: the command and its first arguments.')
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('No port.')),
      )
    })
  })
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    // Not at once: the loop around this would keep a core busy.
    socket.once('error', () => setTimeout(resolve, 20, false))
    socket.once('connect', () => socket.destroy())
  })
}
