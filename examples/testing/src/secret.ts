/** The signing secret that the examples are tested with. */
export const SECRET = `whsec_${Buffer.from('the secret of the examples').toString('base64')}`

/** The headers of a delivery that nobody signed: without them, a handler does not ask for the body. */
export function signatureOfNobody(): Record<string, string> {
  const now = String(Math.floor(Date.now() / 1000))
  return { 'svix-id': 'msg_1', 'svix-timestamp': now, 'svix-signature': 'v1,AAAA' }
}
