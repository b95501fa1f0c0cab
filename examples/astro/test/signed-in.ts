import { createSign, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** Where Clerk's middleware finds the keys of session tokens: Clerk's Backend API, as far as that goes. */
export async function keyServer() {
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'ins_example', alg: 'RS256', use: 'sig' }]
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

/** The header that a signed-in user's requests carry. */
export function signedIn(issuer: string): { authorization: string } {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: issuer,
    sub: 'user_1',
    sid: 'sess_1',
    iat: now,
    nbf: now - 10,
    exp: now + 60,
    v: 2,
    sts: 'active',
  }
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', typ: 'JWT', kid: 'ins_example' })}.${part(claims)}`
  const signature = createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')
  return { authorization: `Bearer ${text}.${signature}` }
}
