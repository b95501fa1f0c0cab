import type { Project } from '../project.ts'
import type { Place } from './orm-parts.ts'

const EXTENSIONS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json']

/** The settings of an ORM's own command, where they are: `drizzle.config.ts`, or the same as JavaScript. */
export function configOf(
  { read }: Project,
  name: 'drizzle' | 'prisma',
): { readonly path: string; readonly text: string } | undefined {
  for (const extension of EXTENSIONS) {
    const path = `${name}.config.${extension}`
    const text = read(path)
    if (text !== undefined) return { path, text }
  }
  return undefined
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
