import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../../..')

/** Where in this repository the packages are installed that an application would install. */
export const INSTALLED: Readonly<Record<string, readonly string[]>> = {
  'packages/adapter-drizzle': [
    'drizzle-kit',
    'drizzle-orm',
    'pg',
    'mysql2',
    'better-sqlite3',
    '@types/pg',
    '@types/better-sqlite3',
  ],
  'packages/adapter-kysely': ['kysely'],
  'packages/adapter-prisma': [
    '@prisma/client',
    '@prisma/client-runtime-utils',
    '@prisma/adapter-pg',
    '@prisma/adapter-mariadb',
    '@prisma/adapter-better-sqlite3',
    'prisma',
  ],
  'examples/nuxt': ['h3'],
  'examples/astro': ['astro'],
  'examples/react-router': ['react-router'],
  'examples/tanstack-start': ['@tanstack/react-router', '@tanstack/react-start'],
  'examples/nestjs': ['@nestjs/common'],
  'examples/express': ['express', '@types/express'],
  'examples/fastify': ['fastify'],
  'examples/hono-bun': ['hono'],
}

/** Gives an application what it would have installed. @param installed - names of packages, by the folder that has them */
export function install(folder: string, installed: Readonly<Record<string, readonly string[]>>): void {
  for (const [owner, names] of Object.entries(installed)) {
    for (const name of names) {
      const path = join(folder, 'node_modules', name)
      mkdirSync(dirname(path), { recursive: true })
      symlinkSync(join(ROOT, owner, 'node_modules', name), path, 'junction')
    }
  }
}
