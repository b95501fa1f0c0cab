import { parseEnv } from 'node:util'
import { type FrameworkName, frameworks } from '../frameworks/all-frameworks.ts'
import type { DatabaseName } from '../tables/table.ts'
import type { Change } from './change.ts'
import type { Choices } from './choices.ts'
import type { Project } from './project.ts'
import { serverFile } from './server-file.ts'

/** A file is there without further ado; a server has an address that only the operator knows. */
const DATABASE_URLS: { readonly [D in DatabaseName]: string } = {
  postgres: '# postgres://user:password@localhost:5432/database\nDATABASE_URL=\n',
  mysql: '# mysql://user:password@localhost:3306/database\nDATABASE_URL=\n',
  sqlite: 'DATABASE_URL=file:local.db\n',
}

const linesFor = (database: DatabaseName) => ({
  CLERK_WEBHOOK_SIGNING_SECRET: '# Clerk Dashboard, Webhooks, your endpoint: whsec_…\nCLERK_WEBHOOK_SIGNING_SECRET=\n',
  CLERK_SECRET_KEY: '# Clerk Dashboard, API keys: sk_…\nCLERK_SECRET_KEY=\n',
  DATABASE_URL: DATABASE_URLS[database],
})

/** Those of one machine that the framework reads, whatever the mode is; the strongest first. */
export function envFilesOf(name: FrameworkName): readonly string[] {
  const files = frameworks.find((framework) => framework.name === name)?.envFiles('development') ?? []
  return files.filter((file) => !file.includes('development'))
}

/** The one that is kept out of Git by the framework's own habit. */
function envFile({ has }: Project, framework: FrameworkName): string {
  const isLocal = has('.env.local') || (framework === 'nextjs' && !has('.env'))
  return isLocal && envFilesOf(framework).includes('.env.local') ? '.env.local' : '.env'
}

/** A line for each setting that no .env file has. */
export function addEnvLines(
  project: Project,
  { framework, database }: Pick<Choices, 'framework' | 'database'>,
): Change | undefined {
  const { read } = project
  const known = envFilesOf(framework).map((file) => parseEnv(read(file) ?? ''))
  const missing = Object.entries(linesFor(database)).filter(([name]) => !known.some((file) => name in file))
  if (missing.length === 0) return undefined
  const path = envFile(project, framework)
  const before = read(path)
  const text = before === undefined || before === '' || before.endsWith('\n') ? (before ?? '') : `${before}\n`
  return { path, before, after: text + missing.map(([, line]) => line).join('') }
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
