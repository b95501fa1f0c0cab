import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'

/**
 * Stands for what Supabase has in front of a function: its address, and the check of a token that `verify_jwt` in
 * config.toml is about, in the words of https://supabase.com/docs/guides/troubleshooting/edge-function-401-error-response.
 * It shows that a delivery gets through when the check is off, not what else the real gateway may do.
 */
export async function startGateway(options: { config: string; name: string; functionUrl: string }) {
  const { config, name, functionUrl } = options
  const section = readFileSync(config, 'utf8')
    .split(/^(?=\[)/m)
    .find((one) => one.startsWith(`[functions.${name}]`))
  const verifies = !/^verify_jwt\s*=\s*false\s*$/m.test(section ?? '')
  const server = createServer((incoming, outgoing) => {
    if (verifies && !incoming.headers.authorization) {
      incoming.resume()
      outgoing.writeHead(401, { 'content-type': 'application/json' })
      outgoing.end(JSON.stringify({ code: 401, message: 'Missing authorization header' }))
      return
    }
    const { method, rawHeaders } = incoming
    const onward = request(`${functionUrl}/${name}`, { method, headers: rawHeaders }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(outgoing)
      // A body that the function did not read to its end must not stand before the next request.
      answer.once('end', () => incoming.unpipe(onward).resume())
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The gateway has no port.')
  return {
    url: `http://127.0.0.1:${address.port}/functions/v1/${name}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
