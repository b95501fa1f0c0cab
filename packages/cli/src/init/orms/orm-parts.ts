import { posix } from 'node:path'
import type { Change } from '../change.ts'
import type { Choices } from '../choices.ts'
import type { Project } from '../project.ts'
import type { TableBefore } from '../tables-before/table-before.ts'

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
  /** What is not written, since it stands elsewhere, each with where. */
  readonly elsewhere?: readonly string[]
}

export interface Given {
  readonly choices: Choices
  readonly place: Place
  readonly project: Project
  /** The chosen tables that the application has already. */
  readonly before: readonly TableBefore[]
  /** The text of the module, where it is there. */
  readonly module: string | undefined
}

export type OrmWriter = (given: Given) => OrmParts

/** How the module names another file in an import. */
export function pathFrom({ folder, extension }: Pick<Place, 'folder' | 'extension'>, path: string): string {
  const relative = posix.relative(folder || '.', path.replace(/(\.d)?\.[cm]?[jt]sx?$/, ''))
  // A module of JavaScript that is no bundler's is found by its own ending.
  const own = /\.[cm]js$/.exec(path)?.[0] ?? (extension === '.ts' && path.endsWith('.js') ? '.js' : extension)
  return (relative.startsWith('.') ? relative : `./${relative}`) + own
}

/** A file of init's that is not there, though the module is and imports it no more: what it had stands elsewhere. */
export const isMoved = ({ project, module }: Given, path: string, name: string) =>
  module !== undefined && !project.has(path) && !module.includes(`/${name}`)

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
