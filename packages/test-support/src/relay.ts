import { connect, createServer, type Server, type Socket } from 'node:net'

/** Stands between an application and its database server: counts round trips, and can take the server away. */
export interface Relay {
  readonly url: string
  /** How often a client sent and was answered. */
  trips(): number
  /** Breaks every connection and refuses new ones. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

export async function relayTo(server: string): Promise<Relay> {
  const target = new URL(server)
  const sockets = new Set<Socket>()
  let trips = 0
  const accept = (client: Socket) => {
    const upstream = connect(Number(target.port), target.hostname)
    let asked = false
    client.on('data', (data) => {
      asked = true
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (asked) trips++
      asked = false
      client.write(data)
    })
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
  let listening = await listen(createServer(accept), 0)
  const { port } = listening
  const goAway = async () => {
    for (const socket of sockets) socket.destroy()
    if (listening.server.listening) await new Promise((resolve) => listening.server.close(resolve))
  }
  const url = new URL(server)
  url.host = `127.0.0.1:${port}`
  return {
    url: url.href,
    trips: () => trips,
    goAway,
    comeBack: async () => {
      listening = await listen(createServer(accept), port)
    },
    close: goAway,
  }
}

async function listen(server: Server, port: number): Promise<{ server: Server; port: number }> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The relay has no port.')
  return { server, port: address.port }
}
