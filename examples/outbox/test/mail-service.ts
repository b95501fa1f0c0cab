import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'

export interface Request {
  readonly key: string
  readonly to: string
}

/** What stands for a mail service: it remembers what it was asked for, and `answer` decides on the status. */
export async function startMailService() {
  const requests: Request[] = []
  const service = {
    url: '',
    requests,
    answer: async (_request: Request): Promise<number> => 200,
    requestsFor: (userId: string) => requests.filter(({ key }) => key === `welcome/${userId}`),
    close: () => server.close(),
  }
  const server = createServer(async (incoming, response) => {
    const { to } = (await json(incoming)) as { to: string }
    const request = { key: String(incoming.headers['idempotency-key']), to }
    requests.push(request)
    response.writeHead(await service.answer(request)).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The mail service has no port.')
  service.url = `http://127.0.0.1:${address.port}`
  return service
}
