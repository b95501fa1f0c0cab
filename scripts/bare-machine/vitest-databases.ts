// Global set-up of vitest: a database server starts when a test first asks for its URL (server-url.ts), and all of the
// workers share it. A run whose tests ask for none starts none.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { KINDS, type Kind } from './databases/kinds.mjs'
import { provideDatabases } from './databases.mjs'
// For the type of what is provided.
import type {} from './server-url.ts'

type Started = Awaited<ReturnType<typeof provideDatabases<Kind>>>

export default async function setup(project: Pick<TestProject, 'provide'>) {
  const started = new Map<Kind, Promise<Started>>()
  const start = (kind: Kind) => {
    const starting = started.get(kind) ?? provideDatabases([kind])
    started.set(kind, starting)
    return starting
  }
  const broker = createServer(async (request, response) => {
    const kind = request.url?.slice(1) ?? ''
    try {
      if (!isKind(kind)) throw new Error(`'${kind}' is none of ${Object.keys(KINDS).join(', ')}.`)
      const { urls } = await start(kind)
      response.end(urls[kind])
    } catch (error) {
      response.writeHead(500).end(error instanceof Error ? error.message : String(error))
    }
  })
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve))
  project.provide('databases', `http://127.0.0.1:${(broker.address() as AddressInfo).port}`)
  return async () => {
    broker.close()
    for (const one of await Promise.allSettled(started.values())) {
      if (one.status === 'fulfilled') await one.value.stop()
    }
  }
}

const isKind = (text: string): text is Kind => Object.hasOwn(KINDS, text)
