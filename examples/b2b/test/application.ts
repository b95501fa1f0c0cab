import { readFileSync } from 'node:fs'
import type { ClerkEvent } from '@clerk-sync/core'
import { signedDelivery } from '@clerk-sync/testing'
import { type ExampleDatabase, postgresDatabase, SECRET, startServer } from '@examples/testing'

export const cwd = new URL('..', import.meta.url).pathname

export interface Application {
  readonly url: string
  readonly database: ExampleDatabase
  output(): string
  /** One attempt. Gives what was answered. */
  send(event: ClerkEvent): Promise<{ status: number; said: string }>
  /** Until it is accepted, as Clerk does; fails where that takes too long. */
  deliver(events: readonly ClerkEvent[]): Promise<void>
  /** Of a page, as the browser gets it at the first request. */
  get(path: string): Promise<{ status: number; html: string }>
  close(): Promise<void>
}

/** The application, built before, on a database of its own. */
export async function startApplication(name: string, env: NodeJS.ProcessEnv): Promise<Application> {
  const database = await postgresDatabase(name)
  await database.query(readFileSync(`${cwd}/db/schema.sql`, 'utf8'))
  const server = await startServer({
    cwd,
    command: ['node_modules/.bin/next', 'start', '-p', '{port}'],
    env: {
      NEXT_TELEMETRY_DISABLED: '1',
      DATABASE_URL: database.url,
      CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
      ...env,
    },
  })
  const send = async (event: ClerkEvent) => {
    const { headers, body } = signedDelivery(event, { secret: SECRET })
    const response = await fetch(`${server.url}/api/webhooks/clerk`, { method: 'POST', headers, body })
    return { status: response.status, said: await response.text() }
  }
  return {
    url: server.url,
    output: server.output,
    database,
    send,
    async deliver(events) {
      let waiting = events
      for (let attempt = 1; waiting.length > 0; attempt++) {
        const refused: ClerkEvent[] = []
        for (const event of waiting) {
          const { status, said } = await send(event)
          if (status === 503 && attempt < 20) refused.push(event)
          else if (status !== 200) throw new Error(`${event.type} was answered ${status} ${said}, attempt ${attempt}.`)
        }
        waiting = refused
      }
    },
    async get(path) {
      const response = await fetch(`${server.url}${path}`, { redirect: 'manual' })
      return { status: response.status, html: await response.text() }
    },
    async close() {
      await server.stop()
      await database.close()
    },
  }
}
