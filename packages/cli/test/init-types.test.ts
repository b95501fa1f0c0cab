// Each framework with each ORM on each database: what init writes compiles. One program an ORM.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { frameworks } from '@clerk-sync/project'
import { expect, test } from 'vitest'
import { DATABASES, ORMS, TABLES } from '../src/init/choices.ts'
import { planFor } from '../src/init/plan.ts'
import { lookAt } from '../src/init/project.ts'
import { write } from './support/application.ts'
import { errorsOf } from './support/compile.ts'
import { INSTALLED, install } from './support/installed.ts'
import { makePrismaClient } from './support/prisma-client.ts'

const HOME = join(import.meta.dirname, '../.cache/generated')

/** What frameworks make themselves. */
const AMBIENT = `/// <reference types="astro/client" />
declare module 'astro:env/server' {
  export function getSecret(name: string): string | undefined
}
`
const ROUTES = `import '@tanstack/react-start'
import type { AnyRoute } from '@tanstack/react-router'
declare module '@tanstack/react-router' {
  interface FileRoutesByPath {
    '/api/webhooks/clerk': { id: '/api/webhooks/clerk'; path: '/api/webhooks/clerk'; fullPath: '/api/webhooks/clerk'; preLoaderRoute: unknown; parentRoute: AnyRoute }
  }
}
`

const SERVERS: Readonly<Record<string, string>> = {
  express: "import express from 'express'\n\nexport const app = express()\n",
  fastify: "import { fastify } from 'fastify'\n\nexport const app = fastify()\n",
  hono: "import { Hono } from 'hono'\n\nexport const app = new Hono()\n",
}

test.each(ORMS)(
  '%s',
  async (orm) => {
    const home = join(HOME, orm)
    rmSync(home, { recursive: true, force: true })
    install(home, INSTALLED)
    const files: string[] = []
    for (const { name: framework, dependency } of frameworks) {
      for (const database of DATABASES) {
        const folder = join(home, `${framework}-${database}`)
        write(folder, { 'package.json': JSON.stringify({ dependencies: { [dependency]: '*' } }) })
        const server = SERVERS[framework]
        if (server) write(folder, { 'src/server.ts': server })
        const { changes } = planFor(lookAt(folder), { framework, orm, database, tables: TABLES, ledger: true }, false)
        write(folder, Object.fromEntries(changes.map(({ path, after }) => [path, after])))
        files.push(...changes.filter(({ path }) => path.endsWith('.ts')).map(({ path }) => join(folder, path)))
        // The route of every framework reaches the module, whatever file it is in.
        expect(
          changes.some(({ after }) => /import \{ clerkSync \} from/.test(after)),
          `${framework}, ${database}`,
        ).toBe(true)
        if (orm === 'prisma') await makeClient(home, folder, database)
      }
    }
    expect(files.length).toBeGreaterThanOrEqual(2 * frameworks.length * DATABASES.length)
    write(home, { 'ambient.d.ts': AMBIENT, 'routes.d.ts': ROUTES })
    expect(errorsOf([...files, join(home, 'ambient.d.ts'), join(home, 'routes.d.ts')])).toEqual([])
  },
  300_000,
)

/** The schema differs by database alone: the client is made once, and the others are that one. */
async function makeClient(home: string, folder: string, database: string): Promise<void> {
  const schema = join(folder, 'prisma/schema.prisma')
  const text = readFileSync(schema, 'utf8')
  const output = /output\s*=\s*"([^"]+)"/.exec(text)?.[1] ?? ''
  const made = join(home, 'clients', database, 'schema.prisma')
  write(dirname(made), { 'schema.prisma': text.replace(output, './client') })
  await makePrismaClient(made)
  const client = join(dirname(schema), output, 'client.ts')
  mkdirSync(dirname(client), { recursive: true })
  writeFileSync(client, `export * from '${join(dirname(made), 'client/client.ts')}'\n`)
  expect(existsSync(join(dirname(made), 'client/client.ts'))).toBe(true)
}
