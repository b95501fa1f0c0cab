import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type ServerKind = 'postgres' | 'mysql' | 'mariadb'

/** A server of a test's own. */
export interface OwnServer {
  readonly url: string
  /** Ends it as a crash would, and starts it again with its data. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Started from binaries of this machine, even where the server of the suites runs in a container. */
export async function startOwnServer(kind: ServerKind): Promise<OwnServer> {
  const script = join(import.meta.dirname, '../../../scripts/bare-machine/databases/restartable.mjs')
  // Its own session: what a terminal sends to this process group must not end it before its server.
  const child = spawn(process.execPath, [script, kind], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const answer = async (): Promise<unknown> => {
    const { done, value } = await lines.next()
    if (done) throw new Error('The server of this test ended; its standard error says why.')
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
