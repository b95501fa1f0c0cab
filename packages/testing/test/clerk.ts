import { createClerkClient } from '@clerk/backend'
import { type ClerkApi, type ClerkApiOptions, startClerkApi } from '@clerk-sync/testing'
import { onTestFinished } from 'vitest'

/** A server for the length of a test, and Clerk's own client on it. */
export async function clerk(options: ClerkApiOptions = {}) {
  const api = await startClerkApi(options)
  onTestFinished(() => api.close())
  return { api, client: createClerkClient({ secretKey: api.secretKey, apiUrl: api.url }) }
}

/** Asks without the client, which leaves parameters out. */
export async function get<Body = unknown>(api: ClerkApi, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${api.url}/v1${path}`, {
    headers: { authorization: `Bearer ${api.secretKey}`, ...headers },
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body }
}

export const idsOf = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id)
