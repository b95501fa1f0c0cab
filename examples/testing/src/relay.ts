import { connect, createServer, type Server, type Socket } from 'node:net'

/** Stands between an example and its database server, and can take the server away. */
export interface Relay {
  readonly url: string
  /** Breaks every connection and refuses new ones. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

export async function relayTo(server: string): Promise<Relay> {
  const target = new URL(server)
  const sockets = new Set<Socket>()
  const accept = (client: Socket) => {
    const upstream = connect(Number(target.port), target.hostname)
    client.pipe(upstream)
    upstream.pipe(client)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      // Either end going is the end of both; the driver sees it.
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
        sockets.delete(socket)
      })
    }
  }
  let listening = await listen(accept, 0)
  const address = listening.address()
  if (address === null || typeof address === 'string') throw new Error('The relay has no port.')
  const { port } = address
  const goAway = async () => {
    for (const socket of sockets) socket.destroy()
    if (listening.listening) await new Promise((resolve) => listening.close(resolve))
  }
  const url = new URL(server)
  url.host = `127.0.0.1:${port}`
  return {
    url: url.href,
    goAway,
    comeBack: async () => {
      listening = await listen(accept, port)
    },
    close: goAway,
  }
}

async function listen(accept: (client: Socket) => void, port: number): Promise<Server> {
  const server = createServer(accept)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}
