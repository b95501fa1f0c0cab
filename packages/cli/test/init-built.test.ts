// What init writes is built, started and sent deliveries: the combinations that are used most.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, type ExampleDatabase, postgresDatabase, sqliteDatabase, startServer } from '@examples/testing'
import { expect, onTestFinished, test } from 'vitest'
import { write } from './support/application.ts'
import { clerkSync, jsonOf, SECRET } from './support/command.ts'
import { install } from './support/installed.ts'
import { makePrismaClient } from './support/prisma-client.ts'

const HOME = join(import.meta.dirname, '../.cache/built')

const EMPTY: Readonly<Record<string, string>> = {
  PostgreSQL: `create table users (id text primary key, email text, first_name text, last_name text, image_url text,
    clerk_version text not null default '0', deleted_at timestamptz(3));`,
  Prisma: `create table "User" (id text primary key, email text, "firstName" text, "lastName" text, "imageUrl" text,
    "clerkVersion" text not null default '0', "deletedAt" datetime);`,
}

/** An application before `init`, with what it has installed. */
function application(
  name: string,
  files: Readonly<Record<string, string>>,
  installed: Readonly<Record<string, readonly string[]>>,
): string {
  const folder = join(HOME, name)
  rmSync(folder, { recursive: true, force: true })
  write(folder, files)
  install(folder, installed)
  return folder
}

const manifest = (...names: string[]) =>
  JSON.stringify({ private: true, type: 'module', dependencies: Object.fromEntries(names.map((name) => [name, '*'])) })

/** Starts it, asks doctor, and sends deliveries, as its developer would. */
async function tryIt(cwd: string, command: readonly [string, ...string[]], database: ExampleDatabase, table: string) {
  const env = { DATABASE_URL: database.url, CLERK_WEBHOOK_SIGNING_SECRET: SECRET, NODE_ENV: 'production' }
  const server = await startServer({ cwd, command, env })
  onTestFinished(() => server.stop())
  const url = `${server.url}/api/webhooks/clerk`
  const doctor = await clerkSync(['doctor', '--url', url, '--json'], { cwd, env })
  expect(jsonOf(doctor), doctor.stderr).toMatchObject({ ok: true, errors: 0 })
  const sent = await clerkSync(['trigger', 'user.created', '--repeat', '3', '--duplicate', '--url', url, '--json'], {
    cwd,
    env,
  })
  expect(jsonOf(sent)).toMatchObject({ ok: true, outcomes: { created: 3, unchanged: 3 } })
  const rows = await database.query(`select email from ${table}`)
  expect(rows.map(({ email }) => email)).toEqual(Array(3).fill(expect.stringMatching(/@example\.com$/)))
}

async function emptyDatabase(database: ExampleDatabase, kind: keyof typeof EMPTY): Promise<ExampleDatabase> {
  onTestFinished(() => database.close())
  await database.query(EMPTY[kind] ?? '')
  return database
}

const OURS = ['@clerk-sync/core']

test('Express and Prisma', async () => {
  const cwd = application(
    'express-prisma',
    {
      'package.json': manifest('express', '@prisma/client', '@prisma/adapter-better-sqlite3'),
      'src/server.ts': `import express from 'express'

const app = express()
app.use(express.json())
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
    },
    {
      'examples/express': ['express'],
      'examples/quickstart': [
        ...OURS,
        '@clerk-sync/adapter-prisma',
        '@prisma/client',
        '@prisma/adapter-better-sqlite3',
        'prisma',
      ],
    },
  )
  expect(await clerkSync(['init', '--yes'], { cwd })).toMatchObject({ code: 0 })
  await makePrismaClient(join(cwd, 'prisma/schema.prisma'))
  const database = await emptyDatabase(await sqliteDatabase(), 'Prisma')
  await tryIt(cwd, ['node', 'src/server.ts'], database, '"User"')
}, 180_000)

test('Fastify and Kysely', async () => {
  const cwd = application(
    'fastify-kysely',
    {
      'package.json': manifest('fastify', 'kysely', 'better-sqlite3'),
      'src/server.ts': `import { fastify } from 'fastify'

const app = fastify()
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
    },
    {
      'examples/fastify': ['fastify'],
      'packages/adapter-kysely': ['kysely'],
      'packages/adapter-drizzle': ['better-sqlite3'],
      'examples/quickstart': [...OURS, '@clerk-sync/adapter-kysely'],
    },
  )
  expect(await clerkSync(['init', '--yes'], { cwd })).toMatchObject({ code: 0 })
  const database = await sqliteDatabase()
  onTestFinished(() => database.close())
  write(cwd, {
    'migrate.ts':
      "import { up } from './migrations/0001_clerk_sync.ts'\nimport { db } from './src/clerk-sync.ts'\n\nawait up(db)\n",
  })
  await build(cwd, ['node', 'migrate.ts'], { DATABASE_URL: database.url })
  await tryIt(cwd, ['node', 'src/server.ts'], database, 'users')
}, 180_000)

test('Next.js and Drizzle', async () => {
  const cwd = application(
    'nextjs-drizzle',
    {
      'package.json': manifest('next', 'drizzle-orm', 'pg', 'react', 'react-dom'),
      'app/layout.tsx':
        'export default function Layout({ children }: { children: React.ReactNode }) {\n  return <html lang="en"><body>{children}</body></html>\n}\n',
      'app/page.tsx': 'export default function Page() {\n  return <h1>Hello</h1>\n}\n',
    },
    {
      'examples/nextjs': [
        ...OURS,
        '@clerk-sync/adapter-drizzle',
        'next',
        'react',
        'react-dom',
        'drizzle-orm',
        'pg',
        '@types/node',
        '@types/pg',
        '@types/react',
        '@types/react-dom',
        'typescript',
      ],
    },
  )
  expect(await clerkSync(['init', '--yes'], { cwd })).toMatchObject({ code: 0 })
  const database = await emptyDatabase(await postgresDatabase('cli_nextjs'), 'PostgreSQL')
  await build(cwd, ['node_modules/next/dist/bin/next', 'build'], { NEXT_TELEMETRY_DISABLED: '1' })
  expect(existsSync(join(cwd, '.next'))).toBe(true)
  await tryIt(cwd, ['node_modules/next/dist/bin/next', 'start', '-p', '{port}'], database, 'users')
}, 300_000)
