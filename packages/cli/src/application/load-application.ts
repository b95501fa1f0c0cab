import { relative } from 'node:path'
import type { ClerkSync } from '@clerk-sync/core'
import { type Project, readEnvFiles } from '@clerk-sync/project'
import { createJiti } from 'jiti'
import { describeError, placeOf, UsageError } from '../errors.ts'
import { findModule } from './find-module.ts'

export interface Application extends Project {
  readonly clerkSync: ClerkSync
  /** The module that exports it, as the operator would write it. */
  readonly module: string
}

export interface ModuleOptions {
  readonly module?: string
  readonly env?: readonly string[]
}

/** Modules that bundlers alone have: they say where code may run, and what the environment holds. */
const MARKERS = {
  'server-only': {},
  'client-only': {},
  'astro:env/server': { getSecret: (name: string) => process.env[name] },
}

/**
 * Loads the application's own module as its framework would: TypeScript, a tsconfig's paths, .env files.
 *
 * @throws UsageError when it cannot be found, does not load, or exports no `clerkSync`.
 */
export async function loadApplication(options: ModuleOptions, cwd = process.cwd()): Promise<Application> {
  const { file, folder, framework } = findModule(cwd, options.module)
  readEnvFiles({ folder, framework }, options.env)
  const name = relative(cwd, file)
  const jiti = createJiti(file, { tsconfigPaths: true, virtualModules: MARKERS })
  let loaded: unknown
  try {
    loaded = await jiti.import(file)
  } catch (error) {
    throw new UsageError(`${name} could not be loaded. ${reason(error)}`, { cause: error })
  }
  const exported = Reflect.get(Object(loaded), 'clerkSync') ?? Reflect.get(Object(loaded), 'default')
  const clerkSync: unknown = Reflect.get(Object(exported), 'clerkSync') ?? exported
  if (isClerkSync(clerkSync)) return { clerkSync, module: name, folder, framework }
  const names = Object.keys(Object(loaded))
  throw new UsageError(
    `${name} exports no clerkSync: ${names.length > 0 ? `it exports ${names.join(', ')}` : 'it exports nothing'}. Write ` +
      'export const clerkSync = createClerkSync({ … }) there, or name another module with --module FILE.',
  )
}

function isClerkSync(value: unknown): value is ClerkSync {
  return (['check', 'find', 'apply', 'receive'] as const).every(
    (method) => typeof Reflect.get(Object(value), method) === 'function',
  )
}

function reason(error: unknown): string {
  const place = error instanceof Error ? placeOf(error) : undefined
  const text = describeError(error)
  return place === undefined || text.includes(place) ? text : `${text} (${place})`
}
