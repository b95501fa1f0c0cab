import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ClerkEvent } from '@clerk-sync/core'
import { build } from 'tsup'
import { onTestFinished } from 'vitest'

const packageFolder = join(import.meta.dirname, '../..')

/** An application in a process of its own, whose end can be seen. */
export interface Child {
  /** The outcome of `apply`, or the error's status and code. */
  deliver(event: ClerkEvent): Promise<string>
  /** What it wrote before its end; undefined while it runs. */
  readonly lastWords: string | undefined
}

/** Makes one file of a file of this folder, with the packages' sources; gives its path, and takes it away after the test. */
export async function bundled(name: string): Promise<string> {
  // Below node_modules, so that the drivers are found from there.
  const outDir = join(packageFolder, 'node_modules/.clerk-sync-children', `${process.pid}`)
  await build({
    config: false,
    entry: [join(import.meta.dirname, `${name}.ts`)],
    outDir,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    tsconfig: join(packageFolder, '../../tsconfig.json'),
    noExternal: [/^@clerk-sync\//],
    external: [/^(pg|postgres|drizzle-orm|better-sqlite3|@clerk\/backend)(\/|$)/],
    outExtension: () => ({ js: '.mjs' }),
    silent: true,
    clean: false,
  })
  onTestFinished(() => rmSync(outDir, { recursive: true, force: true }))
  return join(outDir, `${name}.mjs`)
}

/** Runs a file of this folder on the packages' sources. */
export async function startChild(name: string, environment: Readonly<Record<string, string>>): Promise<Child> {
  const file = await bundled(name)
  const child = fork(file, { env: { ...process.env, ...environment }, silent: true })
  onTestFinished(() => end(child))
  let output = ''
  let lastWords: string | undefined
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-5_000)
    })
  }
  const waiting = new Map<string, (answer: string) => void>()
  child.on('message', ({ id, answer }: { id: string; answer: string }) => waiting.get(id)?.(answer))
  child.once('close', (code) => {
    lastWords = `ended with ${code}: ${output}`
    for (const [, resolve] of waiting) resolve(lastWords)
  })
  const listening = once(child, 'message')
  await Promise.race([listening, once(child, 'close').then(() => Promise.reject(new Error(lastWords)))])
  return {
    deliver(event) {
      if (lastWords !== undefined) return Promise.resolve(lastWords)
      return new Promise((resolve) => {
        waiting.set(event.id, resolve)
        child.send(event)
      })
    },
    get lastWords() {
      return lastWords
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'close')
}
