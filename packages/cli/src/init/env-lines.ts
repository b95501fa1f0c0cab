import { randomBytes } from 'node:crypto'
import { parseEnv } from 'node:util'
import { type FrameworkName, frameworks } from '@clerk-sync/project'
import type { DatabaseName } from '../tables/table.ts'
import type { Change } from './change.ts'
import type { Choices } from './choices.ts'
import type { OrmParts } from './orms/orm-parts.ts'
import type { Project } from './project.ts'
import { serverFile } from './server-file.ts'

/** A file is there without further ado; a server has an address that only the operator knows. */
const DATABASE_URLS: { readonly [D in DatabaseName]: string } = {
  postgres: '# postgres://user:password@localhost:5432/database\nDATABASE_URL=\n',
  mysql: '# mysql://user:password@localhost:3306/database\nDATABASE_URL=\n',
  sqlite: 'DATABASE_URL=file:local.db\n',
}

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`

const linesFor = (database: DatabaseName) => ({
  CLERK_WEBHOOK_SIGNING_SECRET: `# Clerk Dashboard, Webhooks, your endpoint: whsec_… On your machine any will do, such as ${newSecret()}\nCLERK_WEBHOOK_SIGNING_SECRET=\n`,
  CLERK_SECRET_KEY: '# Clerk Dashboard, API keys: sk_…\nCLERK_SECRET_KEY=\n',
  DATABASE_URL: DATABASE_URLS[database],
})

/** Those of one machine that the framework reads, whatever the mode is; the strongest first. */
export const envFilesOf = (name: FrameworkName): readonly string[] =>
  developmentFiles(name).filter((file) => !file.includes('development'))

const developmentFiles = (name: FrameworkName): readonly string[] =>
  frameworks.find((framework) => framework.name === name)?.envFiles('development') ?? []

/** The one that is kept out of Git by the framework's own habit. */
function envFile({ has }: Project, framework: FrameworkName): string {
  const isLocal = has('.env.local') || (framework === 'nextjs' && !has('.env'))
  return isLocal && envFilesOf(framework).includes('.env.local') ? '.env.local' : '.env'
}

/** What a .env file has that the framework reads while one develops: a line in a stronger one would hide it. */
const knownSettings = ({ read }: Project, framework: FrameworkName): ReadonlySet<string> =>
  new Set(developmentFiles(framework).flatMap((file) => Object.keys(parseEnv(read(file) ?? ''))))

/**
 * A line for each setting that no .env file has. Not for the database where the application opens one already: what it
 * does without the line, it would not do with it.
 */
export function addEnvLines(
  project: Project,
  { framework, database }: Pick<Choices, 'framework' | 'database'>,
  { client }: Pick<OrmParts, 'client'>,
): Change | undefined {
  const { read } = project
  const known = knownSettings(project, framework)
  const missing = Object.entries(linesFor(database)).filter(
    ([name]) => !known.has(name) && (client === 'first' || name !== 'DATABASE_URL'),
  )
  if (missing.length === 0) return undefined
  const path = envFile(project, framework)
  const before = read(path)
  const text = before === undefined || before === '' || before.endsWith('\n') ? (before ?? '') : `${before}\n`
  return { path, before, after: text + missing.map(([, line]) => line).join('') }
}

/** Asks to see that the module opens the database that the application has. */
export function databaseStep(
  project: Project,
  framework: FrameworkName,
  { client }: Pick<OrmParts, 'client'>,
  module: string,
): readonly string[] {
  if (client !== 'second' || knownSettings(project, framework).has('DATABASE_URL')) return []
  return [
    `${module}.ts opens DATABASE_URL, which no .env file has: see that it is the database of your application, or pass the client that you make.`,
  ]
}

/** Frameworks that read no .env file by themselves, and what starts a server with one. */
const STARTS: { readonly [Name in FrameworkName]?: (env: string, server: string) => string } = {
  express: (env, server) => `node --env-file-if-exists=${env} ${server}`,
  fastify: (env, server) => `node --env-file-if-exists=${env} ${server}`,
  hono: (env, server) => `node --env-file-if-exists=${env} ${server}`,
  nestjs: (env) => `nest start --env-file ${env}, and node --env-file-if-exists=${env} dist/main.js`,
}

/** Says how the server gets its settings, where nothing shows that it does. */
export function loadingStep(project: Project, framework: FrameworkName): readonly string[] {
  const start = STARTS[framework]
  // Bun reads it.
  if (!start || project.packageManager === 'bun') return []
  if (/dotenv|--env-file/.test(project.read('package.json') ?? '')) return []
  const env = envFile(project, framework)
  const command = start(env, serverFile(project) ?? 'server.ts')
  return [`Node reads ${env} only when it is told to. In the scripts of package.json: ${command}`]
}
