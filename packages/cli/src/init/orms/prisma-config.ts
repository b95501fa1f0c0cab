import type { DatabaseName } from '../../tables/table.ts'
import type { Place } from './orm-parts.ts'
import { loadEnvFiles } from './tool-config.ts'

export const PRISMA_SCHEMA = 'prisma/schema.prisma'
export const PRISMA_CONFIG = 'prisma.config.ts'

/** Up to Prisma 6 the schema may say which database it is; since then the settings do. */
export const namesDatabase = (schema: string, config: string) =>
  /datasource\s+\w+\s*\{[^}]*\burl\s*=/.test(schema) || /datasource\s*:/.test(config)

export function prismaConfig(database: DatabaseName, place: Place): string {
  // The database of the module. To make the client takes none, and an address that is missing is refused.
  const url = `process.env.DATABASE_URL ${database === 'sqlite' ? "|| 'file:local.db'" : "?? ''"}`
  return `import { existsSync } from 'node:fs'
import { defineConfig } from 'prisma/config'

${loadEnvFiles(place)}
export default defineConfig({
  schema: '${PRISMA_SCHEMA}',
  datasource: { url: ${url} },
})
`
}
