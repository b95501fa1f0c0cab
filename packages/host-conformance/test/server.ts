import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import type { UserRow } from '../src/index.ts'

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** A library over a memory store whose database can be away. */
export function library() {
  const state = { away: false }
  const call = <T>(statement: () => Promise<T>): Promise<T> =>
    state.away ? Promise.reject(Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' })) : statement()
  const adapter = memoryAdapter({ users: { columns: { email: {} } } }, { call })
  const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, onResult: () => {} })
  const read = async (userId: string): Promise<UserRow | undefined> => {
    const row = adapter.rows('users').find(({ id }) => id === userId)
    return row && { email: row.email as string | null, deleted: row.deletedAt !== null }
  }
  const database = {
    away: async () => Object.assign(state, { away: true }),
    back: async () => Object.assign(state, { away: false }),
  }
  return { clerkSync, adapter, read, database }
}

export async function serve(listener: RequestListener) {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    server.close()
    if (server.listening) await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${port}/api/webhooks/clerk`, close }
}
