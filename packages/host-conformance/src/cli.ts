#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { checkHost } from './host-conformance.ts'
import { ID_PREFIX } from './payloads.ts'

const USAGE = `Whether a clerk-sync webhook route works where it is deployed.

  npx @clerk-sync/host-conformance --url https://example.com/api/webhooks/clerk [--secret whsec_…]

  --url      the route
  --secret   its signing secret; default: CLERK_WEBHOOK_SIGNING_SECRET, which keeps it out of the shell's history

It creates about 30 users whose ids begin with ${ID_PREFIX}, and deletes them. Their rows stay, as
tombstones. Your hooks run for them.`

function configuration(): { url: string; secret: string } {
  const { values } = parseArgs({
    options: { url: { type: 'string' }, secret: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    console.log(USAGE)
    process.exit(0)
  }
  const { url, secret = process.env.CLERK_WEBHOOK_SIGNING_SECRET } = values
  if (!url || !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new Error('--url must be a web address.')
  if (!secret) throw new Error('There is no secret: set CLERK_WEBHOOK_SIGNING_SECRET, or give --secret.')
  return { url, secret }
}

try {
  // Routers and platforms answer these two themselves on many hosts, and rightly.
  const capabilities = { get: 'host', tooLarge: 'host' } as const
  const results = await checkHost({ ...configuration(), capabilities }, ({ name, failure }) => {
    console.log(failure === undefined ? `ok    ${name}` : `FAIL  ${name}\n      ${failure}`)
  })
  const failed = results.filter(({ failure }) => failure !== undefined).length
  console.log(`${results.length - failed} passed, ${failed} failed`)
  console.log(`The rows of these users, ${ID_PREFIX}…, stay as tombstones; a plain DELETE removes them.`)
  process.exitCode = failed > 0 ? 1 : 0
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
  process.exitCode = 2
}
