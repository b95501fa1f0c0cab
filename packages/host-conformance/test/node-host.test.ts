import { toNodeHandler } from '@clerk-sync/core/node'
import { afterAll, describe, expect, it } from 'vitest'
import { hostConformance } from '../src/index.ts'
import { library, SECRET, serve } from './server.ts'

const { clerkSync, adapter, read, database } = library()
const { url, close } = await serve(toNodeHandler(clerkSync))
afterAll(close)

hostConformance({ runner: { describe, it }, url, secret: SECRET, read, database, repeatedHeaders: true })

it('leaves nothing but tombstones, whose ids tell what they are', () => {
  const rows = adapter.rows('users')
  expect(rows.length).toBeGreaterThan(25)
  for (const row of rows) {
    expect(row).toMatchObject({ id: expect.stringMatching(/^user_clerksyncconformance/), email: null })
    expect(row.deletedAt).not.toBeNull()
  }
})
