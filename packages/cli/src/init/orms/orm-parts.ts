import type { Change } from '../change.ts'
import type { Choices } from '../choices.ts'
import type { Project } from '../project.ts'

/** Where the module stands, and how it names its neighbours. */
export interface Place {
  /** The folder of the module, from the project's: `src/`, or nothing. */
  readonly folder: string
  /** What follows the name of a file in an import: nothing, `.ts` or `.js`. */
  readonly extension: string
  /** An expression for an environment variable: `process.env.NAME`. */
  env(name: string): string
  /** Lines that `env` needs. */
  readonly envImports: readonly string[]
  /** The .env files that the framework reads on a developer's machine, the strongest first. */
  readonly envFiles: readonly string[]
  /** Options of createClerkSync that the framework makes necessary. */
  readonly options: readonly string[]
}

export interface OrmParts {
  /** Files by their path from the project's folder. */
  readonly files: Readonly<Record<string, string>>
  /** Additions to files that are there. */
  readonly edits?: readonly Change[]
  /** The text of the module that exports clerkSync. */
  readonly module: string
  /** The module's: the client of the application, one beside what the application seems to have, or its first. */
  readonly client: 'shared' | 'second' | 'first'
  readonly packages: readonly string[]
  readonly developmentPackages: readonly string[]
  /** What is left to do, before the tables are there. */
  readonly steps: readonly string[]
}

export type OrmWriter = (choices: Choices, place: Place, project: Project) => OrmParts

/** An import's lines, sorted as formatters sort them: packages by name, own files last. */
export function imports(lines: readonly string[]): string {
  const source = (line: string) => /'([^']+)'/.exec(line)?.[1] ?? ''
  const own = (line: string) => Number(source(line).startsWith('.'))
  return [...lines].sort((a, b) => own(a) - own(b) || (source(a) < source(b) ? -1 : 1)).join('\n')
}

/** `createClerkSync({ … })`, on one line where it fits. */
export function createCall(adapter: string, options: readonly string[]): string {
  const line = `createClerkSync({ ${[adapter, ...options].join(', ')} })`
  const body = [adapter, ...options].map((option) => `  ${option},\n`).join('')
  return `export const clerkSync = ${line.length > 90 ? `createClerkSync({\n${body}})` : line}\n`
}
