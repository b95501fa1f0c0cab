import type { DatabaseName } from '../../tables/table.ts'
import type { Place } from './orm-parts.ts'
import { loadEnvFiles } from './tool-config.ts'

export const DRIZZLE_CONFIG = 'drizzle.config.ts'

const DIALECTS = { postgres: 'postgresql', mysql: 'mysql', sqlite: 'sqlite' } as const satisfies Record<
  DatabaseName,
  string
>

export function drizzleConfig(database: DatabaseName, schemas: readonly string[], place: Place): string {
  // The database of the module: Drizzle's types want a text.
  const url = `process.env.DATABASE_URL ${database === 'sqlite' ? "|| 'local.db'" : "?? ''"}`
  return `import { existsSync } from 'node:fs'
import { defineConfig } from 'drizzle-kit'

${loadEnvFiles(place)}
export default defineConfig({
  dialect: '${DIALECTS[database]}',
  schema: [${schemas.map((path) => `'./${path}'`).join(', ')}],
  out: './drizzle',
  dbCredentials: { url: ${url} },
})
`
}
