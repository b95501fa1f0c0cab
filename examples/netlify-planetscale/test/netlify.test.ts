import { hostConformance } from '@clerk-sync/host-conformance'
import { SECRET } from '@examples/testing'
import { describe, it } from 'vitest'
import { startExample } from './example.ts'

const { server, database } = await startExample('example_netlify')

describe.each([
  ['a function that takes a Request', '/api/webhooks/clerk'],
  ['a function that takes an event', '/.netlify/functions/clerk_webhook_event'],
])('%s', (_, path) => {
  hostConformance({
    runner: { describe, it },
    url: `${server.url}${path}`,
    secret: SECRET,
    base64ContentType: 'application/octet-stream',
    repeatedHeaders: true,
    async read(id) {
      const [row] = await database.query('select email, deleted_at from users where clerk_id = ?', id)
      return row && { email: row.email as string | null, deleted: row.deleted_at !== null }
    },
    database,
  })
})
