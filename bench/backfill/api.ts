import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ClerkApi, startClerkApi } from '@clerk-sync/testing'

// A process of its own: `node api.ts USERS`. It answers as Clerk's Backend API does, without a rate limit, and keeps its
// answers: what it takes to make 100,000 users is not to be measured.

interface Kept {
  readonly status: number
  readonly body: Buffer
}

/** What a client needs of it. */
export interface ApiAddress {
  readonly url: string
  readonly secretKey: string
}

if (process.send) {
  const api = await startClerkApi({ users: Number(process.argv[2]), seed: 'backfill', environment: 'production' })
  const url = await keepingAnswers(api)
  process.once('disconnect', () => process.exit())
  process.send({ url, secretKey: api.secretKey } satisfies ApiAddress)
}

/** A server before the API. It reads all users once, in the pages that are asked for later. */
async function keepingAnswers(api: ClerkApi): Promise<string> {
  const kept = new Map<string, Promise<Kept>>()
  const ask = async (path: string): Promise<Kept> => {
    const response = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${api.secretKey}` } })
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()) }
  }
  const answer = (path: string): Promise<Kept> => {
    const known = kept.get(path) ?? ask(path)
    kept.set(path, known)
    return known
  }
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(String(request.url))
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  for (let path: string | undefined = '/v1/users?limit=500&order_by=created_at'; path !== undefined; ) {
    const users: { readonly id: string }[] = JSON.parse(String((await answer(path)).body))
    const last = users.at(-1)
    path = last && `/v1/users?limit=500&order_by=created_at&starting_after=${last.id}`
  }
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
