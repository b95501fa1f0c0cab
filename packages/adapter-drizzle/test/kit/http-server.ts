import { createServer, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'

export interface Reply {
  readonly status: number
  readonly body: object
}

/** Serves JSON on a port of its own. */
export async function serveJson(
  answer: (path: string, body: unknown, headers: IncomingMessage['headers']) => Promise<Reply>,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const { status, body } = await json(request)
      .then((given) => answer(request.url ?? '', given, request.headers))
      // The database is away, or the client has gone in the middle of its request.
      .catch(({ message }): Reply => ({ status: 500, body: { message } }))
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
