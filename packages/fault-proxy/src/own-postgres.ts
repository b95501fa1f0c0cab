import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A PostgreSQL of a test's own. */
export interface OwnPostgres {
  readonly url: string
  /** Ends it as a crash would, and starts it again with its data. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Started from the binaries that the suites' own server has, wherever that one comes from. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const script = join(import.meta.dirname, '../../../scripts/bare-machine/databases/restartable.mjs')
  // Its own session: what a terminal sends to this process group must not end it before its server.
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const answer = async (): Promise<unknown> => {
    const { done, value } = await lines.next()
    if (done) throw new Error('The PostgreSQL of this test ended; its standard error says why.')
    return JSON.parse(value)
  }
  const started = await answer()
  const url: unknown = typeof started === 'object' && started !== null ? Reflect.get(started, 'url') : undefined
  if (typeof url !== 'string') throw new Error(`This is no URL of a database: ${JSON.stringify(started)}`)
  return {
    url,
    async restart() {
      child.stdin.write('restart\n')
      await answer()
    },
    async close() {
      child.stdin.end()
      await ended
    },
  }
}
