// The tables of docs/tables.md, as their reader pastes them into a migration.
import { readFile } from 'node:fs/promises'
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS } from '@clerk-sync/supabase-fake'
import { APPLICATIONS, type ApplicationName, inSnakeCase, tryApplication } from '@clerk-sync/test-support/applications'
import { SIGNING_SECRET } from '@clerk-sync/test-support/signed'
import { expect, it } from 'vitest'
import * as b2b from './fixtures/tables/b2b/clerk-tables.ts'
import * as billing from './fixtures/tables/billing/clerk-tables.ts'
import * as linkInBio from './fixtures/tables/link-in-bio/clerk-tables.ts'
import { clientOf } from './kit/client.ts'
import { LINT_RULES } from './kit/lint-rules.ts'
import { openProject } from './kit/project.ts'

const MODULES = { 'link-in-bio': linkInBio, b2b, billing } as const satisfies Record<ApplicationName, object>

it.each(APPLICATIONS)('%s', async (name) => {
  const { postgrest, sql } = await openProject('supabase_tables', 'functions', 'versions')
  await sql(await readFile(new URL(`fixtures/tables/${name}/tables.sql`, import.meta.url), 'utf8'))
  for (const rule of Object.values(LINT_RULES)) expect(await sql(rule)).toEqual([])

  const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), MODULES[name].clerkTables)
  const clerkSync = createClerkSync({ adapter, signingSecret: SIGNING_SECRET })
  await tryApplication(name, { clerkSync, query: sql, named: inSnakeCase('"') })
})
