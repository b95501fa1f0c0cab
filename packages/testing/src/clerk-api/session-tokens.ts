import { createSign, generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto'

/** Where the frontend of the instance would be. Nothing is there: who is not signed in is led to it. */
export const FRONTEND = 'clerk.example.com'

/** How long a token is valid, in s. */
const VALID_S = 60

/** What the browser of a signed-in user sends. */
export interface SignedIn {
  readonly sessionId: string
  /** For `Authorization: Bearer …`. It is valid for a minute, as Clerk's are. */
  readonly token: string
  /** The value of the header `Cookie`, for middleware that reads the session from it. */
  readonly cookie: string
}

/** Signs session tokens as Clerk does, with a key of its own. */
export class SessionTokens {
  readonly #keyId: string
  #made: KeyPairKeyObjectResult | undefined

  constructor(keyId: string) {
    this.#keyId = keyId
  }

  /** What `GET /jwks` answers. */
  publicKeys(): object {
    const key = this.#keys.publicKey.export({ format: 'jwk' })
    return { keys: [{ ...key, kid: this.#keyId, alg: 'RS256', use: 'sig' }] }
  }

  /** @param now - in ms since 1970 */
  sign(userId: string, sessionId: string, now: number): SignedIn {
    const seconds = Math.floor(now / 1000)
    const times = { iat: seconds, nbf: seconds - 10, exp: seconds + VALID_S }
    const claims = { iss: `https://${FRONTEND}`, sub: userId, sid: sessionId, sts: 'active', v: 2, ...times }
    const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: this.#keyId })}.${part(claims)}`
    const token = `${signed}.${createSign('RSA-SHA256').update(signed).sign(this.#keys.privateKey, 'base64url')}`
    return { sessionId, token, cookie: `__session=${token}; __client_uat=${seconds}; __clerk_db_jwt=dvb_testing` }
  }

  /** Made when it is first needed: that takes a while. */
  get #keys(): KeyPairKeyObjectResult {
    this.#made ??= generateKeyPairSync('rsa', { modulusLength: 2048 })
    return this.#made
  }
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
