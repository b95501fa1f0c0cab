import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Project } from './project.ts'
import { UsageError } from './usage-error.ts'

/**
 * Reads the .env files of a project's framework into the environment, whose own variables are stronger. Gives the files
 * that were there.
 *
 * @param given - with --env: these and no others; the last is the strongest, and each must be there
 */
export function readEnvFiles(
  { folder, framework }: Project,
  given?: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): string[] {
  const missing = given?.find((file) => !existsSync(file))
  if (missing !== undefined) throw new UsageError(`There is no file ${missing}, which --env names.`)
  const files = framework.envFiles(env.NODE_ENV || 'development')
  const paths = given
    ? [...given].reverse()
    : files.map((file) => join(folder, file)).filter((path) => existsSync(path))
  const values: NodeJS.Dict<string> = {}
  for (const path of paths) {
    for (const [name, value] of Object.entries(parseEnv(readFileSync(path, 'utf8')))) values[name] ??= value
  }
  const known = (name: string): string => env[name] ?? values[name] ?? ''
  const expanded = Object.entries(values).map(([name, value]) => [name, expand(value ?? '', name, known)] as const)
  for (const [name, value] of expanded) env[name] ??= value
  return paths
}

/** `$NAME`, `${NAME}` and `${NAME:-default}`; `\$` is a dollar. As dotenv-expand has it, which the frameworks use. */
function expand(value: string, self: string, known: (name: string) => string, depth = 0): string {
  return value.replace(
    /\\\$|\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
    (_text, braced?: string, fallback?: string, bare?: string) => {
      const name = braced ?? bare
      if (name === undefined) return '$'
      const found = name === self || depth > 8 ? '' : expand(known(name), name, known, depth + 1)
      return found || (fallback ?? '')
    },
  )
}
