// What init writes is built, started and sent deliveries: the combinations that are used most.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { build, type ExampleDatabase, postgresDatabase, sqliteDatabase, startServer } from '@examples/testing'
import { expect, onTestFinished, test } from 'vitest'
import { write } from './support/application.ts'
import { clerkSync, jsonOf, SECRET } from './support/command.ts'
import { install } from './support/installed.ts'
import { makePrismaClient } from './support/prisma-client.ts'

const HOME = join(import.meta.dirname, '../.cache/built')

const EMPTY: Readonly<Record<string, string>> = {
  Prisma: `create table "User" (id text primary key, email text, "firstName" text, "lastName" text, "imageUrl" text,
    "clerkVersion" text not null default '0', "deletedAt" datetime);
    create table "ClerkEvent" (id text primary key, type text not null, "entityId" text, "occurredAt" datetime not null,
    "processedAt" datetime not null); create index "ClerkEvent_processedAt_idx" on "ClerkEvent" ("processedAt");`,
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

/** What init says is left to do. */
async function migrateWithDrizzle(cwd: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  for (const command of ['generate', 'migrate'])
    await build(cwd, ['node', 'node_modules/drizzle-kit/bin.cjs', command], env)
}

async function emptyDatabase(database: ExampleDatabase, kind: keyof typeof EMPTY): Promise<ExampleDatabase> {
  onTestFinished(() => database.close())
  await database.query(EMPTY[kind] ?? '')
  return database
}

const OURS = ['@clerk-sync/core']

const EXPRESS = `import express from 'express'

const app = express()
app.use(express.json())
app.listen(Number(process.env.PORT), '127.0.0.1')
`

test('Express and Prisma', async () => {
  const cwd = application(
    'express-prisma',
    {
      'package.json': manifest('express', '@prisma/client', '@prisma/adapter-better-sqlite3'),
      'src/server.ts': EXPRESS,
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

test('Express and Drizzle, with no settings but those of .env, where only the secret is filled in', async () => {
  const cwd = application(
    'express-drizzle',
    {
      'package.json': manifest('express', 'drizzle-orm', 'better-sqlite3'),
      'src/server.ts': EXPRESS,
    },
    {
      'examples/express': ['express'],
      'packages/adapter-drizzle': ['drizzle-kit', 'drizzle-orm', 'better-sqlite3'],
      'examples/quickstart': [...OURS, '@clerk-sync/adapter-drizzle'],
    },
  )
  const { todo } = jsonOf(await clerkSync(['init', '--yes', '--json'], { cwd }))
  const settings = join(cwd, '.env')
  writeFileSync(settings, readFileSync(settings, 'utf8').replace('SIGNING_SECRET=', `SIGNING_SECRET=${SECRET}`))
  await migrateWithDrizzle(cwd)
  const command = /node --env-file.*/.exec(String(todo))?.[0]?.split(',')[0]?.split(' ') as [string, ...string[]]
  const server = await startServer({ cwd, command })
  onTestFinished(() => server.stop())
  const url = `${server.url}/api/webhooks/clerk`
  expect(jsonOf(await clerkSync(['doctor', '--url', url, '--json'], { cwd }))).toMatchObject({ errors: 0 })
  const sent = await clerkSync(['trigger', 'user.created', '--url', url, '--json'], { cwd })
  expect(jsonOf(sent)).toMatchObject({ ok: true, outcomes: { created: 1 } })
  const database = new DatabaseSync(join(cwd, 'local.db'))
  onTestFinished(() => database.close())
  expect(database.prepare('select email from users').all()).toHaveLength(1)
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
      // As create-next-app makes it; without one, the build would make one that is not strict, which Drizzle is not for.
      'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true } }),
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
        '@types/node',
        '@types/react',
        '@types/react-dom',
        'typescript',
      ],
      'packages/adapter-drizzle': ['drizzle-kit', 'drizzle-orm', 'pg', '@types/pg'],
    },
  )
  expect(await clerkSync(['init', '--yes'], { cwd })).toMatchObject({ code: 0 })
  const database = await postgresDatabase('cli_nextjs')
  onTestFinished(() => database.close())
  await migrateWithDrizzle(cwd, { DATABASE_URL: database.url })
  await build(cwd, ['node_modules/next/dist/bin/next', 'build'], { NEXT_TELEMETRY_DISABLED: '1' })
  expect(existsSync(join(cwd, '.next'))).toBe(true)
  await tryIt(cwd, ['node_modules/next/dist/bin/next', 'start', '-p', '{port}'], database, 'users')
}, 300_000)
