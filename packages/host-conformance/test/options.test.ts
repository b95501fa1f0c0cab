import { checkHost, hostConformance } from '@clerk-sync/host-conformance'
import { expect, it } from 'vitest'

const right = {
  url: 'http://localhost:9/clerk',
  secret: `whsec_${Buffer.from('a secret of a test').toString('base64')}`,
}

it.for<[string, unknown, RegExp]>([
  ['nothing', undefined, /takes an object with url and secret/],
  ['signingSecret', { ...right, signingSecret: right.secret }, /no option "signingSecret": did you mean "secret"/],
  ['an option in another case', { ...right, repeatedheaders: true }, /did you mean "repeatedHeaders"/],
  ['an option that is none', { ...right, colour: 'red' }, /no option "colour"\. It has/],
  ['a path', { ...right, url: '/api/webhooks/clerk' }, /url must be a web address/],
  ['no secret', { ...right, secret: undefined }, /secret must be the signing secret/],
  ['read: true', { ...right, read: true }, /read must be a function/],
  ['a database that cannot come back', { ...right, database: { away: () => {} } }, /database must be \{ away, back \}/],
  ['base64ContentType: true', { ...right, base64ContentType: true }, /base64ContentType must be a content type/],
  ['repeatedHeaders: "yes"', { ...right, repeatedHeaders: 'yes' }, /repeatedHeaders is true/],
  ['a capability that is none', { ...right, capabilities: { post: 'host' } }, /no capability "post"/],
  ['get: true', { ...right, capabilities: { get: true } }, /capabilities\.get is 'library' or 'host'/],
])('options with %s are refused before a delivery is sent', async ([, options, message]) => {
  await expect(Reflect.apply(checkHost, undefined, [options])).rejects.toThrow(message)
})

it('hostConformance without a test runner says so', () => {
  expect(() => Reflect.apply(hostConformance, undefined, [right])).toThrow(/runner must be \{ describe, it \}/)
})
