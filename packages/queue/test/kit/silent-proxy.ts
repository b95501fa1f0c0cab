import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Stands before a server, and can let the connections that are open go dead: they stay open, and nothing comes through. */
export async function silentProxy(url: string): Promise<{ url: string; silence(): void }> {
  const { protocol, hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const pairs: (readonly [Socket, Socket])[] = []
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      // The other side is gone: so is the test.
      socket.on('error', () => {})
    }
    client.pipe(upstream).pipe(client)
    pairs.push([client, upstream])
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  return {
    url: `${protocol}//127.0.0.1:${address.port}`,
    silence() {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream).resume()
        upstream.unpipe(client).resume()
      }
    },
  }
}
