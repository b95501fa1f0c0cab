import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { toNodeHandler } from '@clerk-sync/core/node'
import { onTestFinished } from 'vitest'
import { SECRET } from './command.ts'

/** Serves for the length of a test; gives the address of the route. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    if (server.listening) await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/webhooks/clerk`
}

/** A server with the library, what it was sent, and its rows. */
export async function serveLibrary(signingSecret = SECRET) {
  const adapter = memoryAdapter({
    users: { columns: { email: {}, firstName: {} } },
    organizations: { columns: { name: {} } },
    organizationMemberships: { columns: { organizationId: {}, userId: {}, role: {} } },
  })
  const answers: string[] = []
  const clerkSync = createClerkSync({
    adapter,
    signingSecret,
    onResult: (result) => void answers.push(result.ok ? result.outcome : result.error.code),
  })
  const ids: string[] = []
  const handler = toNodeHandler(clerkSync)
  const url = await serve((request, response) => {
    ids.push(String(request.headers['svix-id'] ?? ''))
    handler(request, response)
  })
  return { url, clerkSync, adapter, answers, ids }
}
