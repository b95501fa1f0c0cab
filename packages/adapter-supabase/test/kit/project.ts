import { type PostgrestFake, type PostgrestOptions, startPostgrest } from '@clerk-sync/supabase-fake'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { freshProject, migrate } from './database.ts'

/** A Supabase project for one test: PostgreSQL, and the fake of PostgREST before it. */
export interface Project {
  readonly postgrest: PostgrestFake
  readonly url: string
  /** Past the fake, as the owner of the tables. */
  sql(text: string, ...values: unknown[]): Promise<Record<string, unknown>[]>
}

export async function openProject(
  suite: string,
  ...migrations: readonly Parameters<typeof migrate>[1][]
): Promise<Project> {
  return projectWith(suite, {}, ...migrations)
}

/** With settings of PostgREST that differ from those of a new project. */
export async function projectWith(
  suite: string,
  options: PostgrestOptions,
  ...migrations: readonly Parameters<typeof migrate>[1][]
): Promise<Project> {
  const database = await freshProject(suite)
  for (const migration of migrations) await migrate(database, migration)
  const postgrest = await startPostgrest(database, options)
  const raw = new pg.Pool({ connectionString: database, max: 2 })
  onTestFinished(async () => {
    await postgrest.close()
    await raw.end()
  })
  return { postgrest, url: database, sql: async (text, ...values) => (await raw.query(text, values)).rows }
}
