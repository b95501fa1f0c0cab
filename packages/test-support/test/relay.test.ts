import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Relay, relayTo } from '../src/relay.ts'

let server: Server
let relay: Relay
beforeEach(async () => {
  server = createServer((socket) => socket.on('error', () => {}).pipe(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  relay = await relayTo(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
afterEach(async () => {
  await relay.close()
  await new Promise((resolve) => server.close(resolve))
})

const client = async () => {
  const socket = connect(Number(new URL(relay.url).port), '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

test('a round trip is what a client sent and was answered, however many it is', async () => {
  const socket = await client()
  for (const message of ['one', 'two']) {
    socket.write(message)
    expect(String((await once(socket, 'data'))[0])).toBe(message)
  }
  expect(relay.trips()).toBe(2)
})

test('away: connections end and new ones are refused; back: on the same port', async () => {
  const socket = await client()
  const ended = once(socket, 'close')
  await relay.goAway()
  await ended
  await expect(client()).rejects.toThrow('ECONNREFUSED')
  await relay.comeBack()
  const again = await client()
  again.write('hello')
  expect(String((await once(again, 'data'))[0])).toBe('hello')
})
