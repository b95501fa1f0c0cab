import { posix } from 'node:path'
import type { Project } from '../project.ts'
import type { Place } from './orm-parts.ts'

/** Where an application makes its client, as a rule. */
const MODULES = ['src/', '', 'server/', 'app/'].flatMap((folder) =>
  ['db', 'db/index', 'lib/db', 'lib/db/index', 'prisma', 'lib/prisma', 'server/db', 'server/db/index', 'database'].map(
    (name) => folder + name,
  ),
)

const MADE = {
  prisma: /export\s+const\s+(\w+)\b[^\n;]*=[^\n;]*\bnew\s+PrismaClient\b/,
  drizzle: /export\s+const\s+(\w+)\b[^\n;]*=\s*drizzle\(/,
  kysely: /export\s+const\s+(\w+)\b[^\n;]*=\s*new\s+Kysely\b/,
} as const

/** A client, as the module that exports clerkSync gets it. */
export interface Client {
  readonly name: string
  readonly imports: readonly string[]
  /** What makes it; nothing where it is imported. */
  readonly text: string
}

/** The client that the application makes and exports: a second pool is of no use. */
export function clientBefore(
  { read }: Project,
  orm: keyof typeof MADE,
  { folder, extension }: Place,
): Client | undefined {
  for (const module of MODULES) {
    const name = MADE[orm].exec(read(`${module}.ts`) ?? '')?.[1]
    if (name === undefined) continue
    const path = posix.relative(folder || '.', module)
    const line = `import { ${name} } from '${path.startsWith('.') ? path : `./${path}`}${extension}'`
    return { name, imports: [line], text: '' }
  }
  return undefined
}
