import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { dependenciesOf, type FrameworkName, frameworks } from '@clerk-sync/project'
import type { DatabaseName } from '../tables/table.ts'
import type { Orm } from './choices.ts'

/** What can be seen of a project. */
export interface Project {
  readonly folder: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly framework: FrameworkName | undefined
  readonly orm: Orm | undefined
  readonly database: DatabaseName | undefined
  readonly packageManager: PackageManager
  /** What runs a command of an installed package. */
  readonly exec: string
  has(path: string): boolean
  /** The text of a file; undefined where there is none. */
  read(path: string): string | undefined
  /** The files of a folder and of those in it; none where it is no folder. */
  filesBelow(path: string): readonly string[]
  /** The modules of the application's own: none that is installed, built or a test. */
  sources(): readonly SourceFile[]
}

export interface SourceFile {
  readonly path: string
  readonly text: string
}

type PackageManager = keyof typeof EXEC

const EXEC = { npm: 'npx', pnpm: 'pnpm exec', yarn: 'yarn', bun: 'bunx' } as const

const ORM_PACKAGES = { drizzle: ['drizzle-orm'], prisma: ['prisma', '@prisma/client'], kysely: ['kysely'] } as const

const DRIVER_PACKAGES = {
  postgres: ['pg', 'postgres', '@neondatabase/serverless', '@prisma/adapter-pg'],
  mysql: ['mysql2', 'mariadb', '@planetscale/database', '@prisma/adapter-mariadb'],
  sqlite: ['better-sqlite3', '@libsql/client', '@prisma/adapter-better-sqlite3'],
} as const

const LOCK_FILES: Readonly<Record<string, PackageManager>> = {
  'package-lock.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
}

export function lookAt(folder: string): Project {
  const dependencies = dependenciesOf(folder)
  const read = (path: string) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined)
  const hasOne = (names: readonly string[]) => names.some((name) => name in dependencies)
  const packageManager = packageManagerOf(folder)
  let sources: readonly SourceFile[] | undefined
  return {
    folder,
    dependencies,
    framework: frameworks.find(({ dependency }) => dependency in dependencies)?.name,
    orm: onlyOne(ORM_PACKAGES, hasOne),
    database: databaseOf(read) ?? onlyOne(DRIVER_PACKAGES, hasOne),
    packageManager,
    exec: EXEC[packageManager],
    has: (path) => existsSync(join(folder, path)),
    read,
    filesBelow(path) {
      if (!statSync(join(folder, path), { throwIfNoEntry: false })?.isDirectory()) return []
      const names = readdirSync(join(folder, path), { recursive: true, encoding: 'utf8' })
      return names.sort().map((name) => `${path}/${name.replaceAll('\\', '/')}`)
    },
    sources() {
      sources ??= modulesIn(folder).map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }))
      return sources
    },
  }
}

/** The lock file of the folder, or of the workspace that it lies in. */
function packageManagerOf(folder: string): PackageManager {
  const lock = Object.entries(LOCK_FILES).find(([file]) => existsSync(join(folder, file)))
  if (lock) return lock[1]
  return existsSync(join(folder, '.git')) || dirname(folder) === folder ? 'npm' : packageManagerOf(dirname(folder))
}

const NOT_SOURCES = /^(\..*|node_modules|dist|build|out|coverage|generated|__tests__|tests?)$/
const MODULE = /(?<!\.(test|spec|config))\.[cm]?[jt]sx?$/

function modulesIn(folder: string, path = ''): string[] {
  return readdirSync(join(folder, path), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inside = path + entry.name
      if (entry.isFile()) return MODULE.test(entry.name) ? [inside] : []
      // A folder with a manifest is another package.
      const isOwn = entry.isDirectory() && !NOT_SOURCES.test(entry.name)
      return isOwn && !existsSync(join(folder, inside, 'package.json')) ? modulesIn(folder, `${inside}/`) : []
    })
}

/** Two that are there leave the choice to the operator. */
function onlyOne<Name extends string>(
  packages: { readonly [N in Name]: readonly string[] },
  hasOne: (names: readonly string[]) => boolean,
): Name | undefined {
  const found = (Object.keys(packages) as Name[]).filter((name) => hasOne(packages[name]))
  return found.length === 1 ? found[0] : undefined
}

/** What Prisma's or Drizzle's own settings say. */
function databaseOf(read: (path: string) => string | undefined): DatabaseName | undefined {
  const prisma = /datasource\s+\w+\s*\{[^}]*provider\s*=\s*"(\w+)"/.exec(read('prisma/schema.prisma') ?? '')?.[1]
  const drizzle = /dialect:\s*['"](\w+)['"]/.exec(read('drizzle.config.ts') ?? '')?.[1]
  const names: Readonly<Record<string, DatabaseName>> = {
    postgresql: 'postgres',
    postgres: 'postgres',
    mysql: 'mysql',
    sqlite: 'sqlite',
    turso: 'sqlite',
  }
  return names[prisma ?? drizzle ?? '']
}

/** What an import of a file of one's own ends with. */
export function importExtension({ read }: Project, framework: FrameworkName, server: string | undefined): string {
  if (BUNDLED.includes(framework)) return ''
  // As the project's own files have it. How a stylesheet or a .mjs is imported says nothing of ours.
  const imported = (server === undefined ? '' : (read(server) ?? '')).matchAll(/from\s+['"]\.{1,2}\/([^'"]*)['"]/g)
  for (const [, path = ''] of imported) {
    if (!OTHER_FILE.test(path)) return /\.[jt]s$/.exec(path)?.[0] ?? ''
  }
  const settings = read('tsconfig.json')
  // Without a compiler, Node runs the files as they are.
  if (
    settings === undefined ||
    /"(allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(settings)
  ) {
    return '.ts'
  }
  return /"module(Resolution)?"\s*:\s*"node(16|18|20|next)"/i.test(settings) ? '.js' : ''
}

/** Not every dot begins an ending: `./app.module`. */
const OTHER_FILE =
  /\.([cm][jt]s|[jt]sx|json5?|s?css|less|svg|png|wasm|node|vue|svelte|html?|graphql|gql|sql|txt|md)(\?.*)?$/

const BUNDLED: readonly FrameworkName[] = ['nextjs', 'nuxt', 'astro', 'react-router', 'tanstack-start']
