import { parseEnv } from 'node:util'
import type { FrameworkName } from '../frameworks/all-frameworks.ts'
import type { Change } from './change.ts'
import type { Project } from './project.ts'

const LINES = {
  CLERK_WEBHOOK_SIGNING_SECRET: '# Clerk Dashboard, Webhooks, your endpoint: whsec_…\nCLERK_WEBHOOK_SIGNING_SECRET=\n',
  DATABASE_URL: 'DATABASE_URL=\n',
} as const

const FILES = ['.env.local', '.env']

/** A line for each setting that no .env file has, in the one that is kept out of Git by the framework's own habit. */
export function addEnvLines({ read, has }: Project, framework: FrameworkName): Change | undefined {
  const known = FILES.map((file) => parseEnv(read(file) ?? ''))
  const missing = Object.entries(LINES).filter(([name]) => !known.some((file) => name in file))
  if (missing.length === 0) return undefined
  const local = has('.env.local') || (framework === 'nextjs' && !has('.env'))
  const path = local ? '.env.local' : '.env'
  const before = read(path)
  const text = before === undefined || before === '' || before.endsWith('\n') ? (before ?? '') : `${before}\n`
  return { path, before, after: text + missing.map(([, line]) => line).join('') }
}
