import type { Project } from '../project.ts'
import type { Place } from './orm-parts.ts'

const EXTENSIONS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json']

/** The settings of an ORM's own command, where they are: `drizzle.config.ts`, or the same as JavaScript. */
export function configOf(
  { has, read }: Project,
  name: 'drizzle' | 'prisma' | 'kysely',
): { readonly path: string; readonly text: string } | undefined {
  const paths = [`${name}.config`, `.config/${name}`, `.config/${name}.config`].flatMap((path) =>
    EXTENSIONS.map((extension) => `${path}.${extension}`),
  )
  const path = paths.find(has)
  return path === undefined ? undefined : { path, text: read(path) ?? '' }
}

/** The command would read other .env files than the framework, or none. */
export function loadEnvFiles({ envFiles }: Pick<Place, 'envFiles'>): string {
  const [only = '', ...others] = envFiles.map((file) => `'${file}'`)
  if (others.length === 0) return `if (existsSync(${only})) process.loadEnvFile(${only})\n`
  return `// As the application has it: of two files that set a variable, the first counts.
for (const file of [${[only, ...others].join(', ')}]) {
  if (existsSync(file)) process.loadEnvFile(file)
}
`
}
