import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'tsup'
import { afterAll, onTestFinished } from 'vitest'

const packageFolder = join(import.meta.dirname, '../..')

let bundled: Promise<string> | undefined

/** The worker as one file, with the packages' sources. */
function workerFile(): Promise<string> {
  // Below node_modules, so that the engines are found from there.
  const outDir = join(packageFolder, `node_modules/.clerk-sync-workers/${process.pid}`)
  bundled ??= build({
    config: false,
    entry: [join(import.meta.dirname, 'worker.ts')],
    outDir,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    tsconfig: join(packageFolder, '../../tsconfig.json'),
    noExternal: [/^@clerk-sync\//, 'svix'],
    external: [/^(@aws-sdk\/|bullmq|drizzle-orm|graphile-worker|pg)/],
    outExtension: () => ({ js: '.mjs' }),
    silent: true,
    clean: false,
  }).then(() => join(outDir, 'worker.mjs'))
  return bundled
}

/** In the file of the tests, once. */
export function removeWorkerFile(): void {
  afterAll(() => {
    rmSync(join(packageFolder, `node_modules/.clerk-sync-workers/${process.pid}`), { recursive: true, force: true })
  })
}

export interface WorkerProcess {
  /** Resolves when a hook begins to run in it. */
  nextHook(): Promise<unknown>
  /** `kill -9`. */
  kill(): Promise<void>
}

/** A worker in a process of its own, on the packages' sources. It ends with the test. */
export async function startWorker(engine: string, database: string, queue: string): Promise<WorkerProcess> {
  const env = { ...process.env, WORKER_ENGINE: engine, WORKER_DATABASE: database, WORKER_QUEUE: queue }
  const child = fork(await workerFile(), { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  onTestFinished(() => kill(child))
  const ended = once(child, 'exit').then(([code]) => {
    // Null where it was killed.
    if (code !== null) throw new Error(`The worker ended by itself with ${code}.`)
  })
  ended.catch(() => {})
  // It never comes of one that is killed.
  const nextHook = () => Promise.race([once(child, 'message'), ended.then(() => new Promise(() => {}))])
  return { nextHook, kill: () => kill(child) }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
