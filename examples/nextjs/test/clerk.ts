import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

/** Plays Clerk: has users, signs their sessions with a key of its own, and answers as its Backend API does. */
export interface Clerk {
  /** For `CLERK_API_URL`. */
  readonly apiUrl: string
  /** The users that were asked for, one entry for each time. */
  readonly asked: readonly string[]
  signUp(id: string, firstName: string): void
  /** What the browser of a signed-in user sends. */
  cookiesOf(id: string): string
  stop(): Promise<void>
}

export async function startClerk(): Promise<Clerk> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = randomUUID()
  const users = new Map<string, object>()
  const asked: string[] = []

  const api = createServer((request, response) => {
    const path = request.url ?? ''
    const id = /^\/v1\/users\/(\w+)$/.exec(path)?.[1]
    if (id) asked.push(id)
    const found =
      path === '/v1/jwks'
        ? { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }] }
        : users.get(id ?? '')
    response
      .writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(found ?? { errors: [{ code: 'resource_not_found', message: `${path} is not there` }] }))
  })
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  const address = api.address()
  if (address === null || typeof address === 'string') throw new Error('The API has no port.')

  function sessionToken(id: string, now: number): string {
    const claims = { iss: 'https://clerk.example.com', sub: id, sid: `sess_${id}`, sts: 'active', v: 2 }
    const times = { iat: now, nbf: now - 10, exp: now + 60 }
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signed = `${part({ alg: 'RS256', typ: 'JWT', kid })}.${part({ ...claims, ...times })}`
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`
  }

  return {
    apiUrl: `http://127.0.0.1:${address.port}`,
    asked,
    signUp(id, firstName) {
      const now = Date.now()
      users.set(id, { ...NOTHING_KNOWN, id, first_name: firstName, created_at: now, updated_at: now })
    },
    cookiesOf(id) {
      const now = Math.floor(Date.now() / 1000)
      return `__session=${sessionToken(id, now)}; __client_uat=${now}; __clerk_db_jwt=dvb_example`
    },
    async stop() {
      api.closeAllConnections()
      await new Promise((resolve) => api.close(resolve))
    },
  }
}

const NOTHING_KNOWN = {
  object: 'user',
  last_name: null,
  username: null,
  image_url: 'https://img.clerk.com/example',
  external_id: null,
  email_addresses: [],
  phone_numbers: [],
  web3_wallets: [],
  external_accounts: [],
  primary_email_address_id: null,
  primary_phone_number_id: null,
  primary_web3_wallet_id: null,
  public_metadata: {},
  private_metadata: {},
  unsafe_metadata: {},
  banned: false,
  locked: false,
  last_sign_in_at: null,
}
