import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { testAdapter } from '@clerk-sync/adapter-testkit'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { afterAll, describe, it } from 'vitest'
import { openD1 } from './kit/d1.ts'
import * as schema from './kit/schema-sqlite.ts'

// Cloudflare's own D1, in the runtime that it ships for development. What it cannot show is the network between a
// Worker and its database; the kit loses answers in its place.
for (const versions of ['row', 'beside'] as const) {
  const shapes = versions === 'row' ? schema.shapes : schema.besideShapes
  const { binding, ofParts, tables, close } = await openD1(versions)
  await tables.create()
  afterAll(close)
  // Hooks have no transaction, and write through the application's own database.
  const application = drizzle(binding({ run: (call) => call(), runSync: (call) => call() }), { casing: 'snake_case' })

  testAdapter({
    name: `drizzle:sqlite (d1)${versions === 'beside' ? ', versions beside' : ''}`,
    runner: { describe, it },
    capabilities: { transactions: 'none', parallel: true, datePrecisionMs: 1, isolationLevels: [], tombstones: true },
    adapter: (shape, { calls }) => drizzleAdapter(drizzle(binding(calls), { casing: 'snake_case' }), shapes[shape]),
    parts: {
      ...ofParts,
      adapter: (shape, { calls }) => drizzleAdapter(drizzle(binding(calls), { casing: 'snake_case' }), shapes[shape]),
    },
    ...tables,
    effect: (_tx, welcome) => application.insert(schema.welcomes).values(welcome),
    failingStatement: () => application.run(sql`select * from no_such_table`),
  })
}
