// Applications that had tables of users, or move what init wrote: what it writes then.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { applicationWith, write } from './support/application.ts'
import { clerkSync, jsonOf } from './support/command.ts'
import { errorsOf } from './support/compile.ts'
import { INSTALLED, install } from './support/installed.ts'
import { makePrismaClient } from './support/prisma-client.ts'

const HOME = join(import.meta.dirname, '../.cache/own-tables')

const manifest = (...names: string[]) =>
  JSON.stringify({ type: 'module', dependencies: Object.fromEntries(names.map((name) => [name, '*'])) })

const read = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8')

const DRIZZLE = `import { boolean, integer, pgTable, text, timestamp, varchar } from 'drizzle-orm/pg-core'
export const users = pgTable('users', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  email: varchar({ length: 255 }).notNull().unique(),
  name: text().notNull(),
  avatarUrl: text('avatar_url'),
  emailVerified: boolean('email_verified').notNull().default(false),
  passwordHash: text('password_hash'),
  createdAt: timestamp('created_at').notNull().defaultNow(),
})
`
const PRISMA = `generator client {
  provider = "prisma-client"
  output   = "../src/generated"
}
datasource db {
  provider = "postgresql"
}
model User {
  id            Int       @id @default(autoincrement())
  email         String    @unique
  name          String?
  image         String?
  // As Auth.js has it: a time.
  emailVerified DateTime?
  posts         Post[]
}
model Post {
  id       Int  @id
  authorId Int
  author   User @relation(fields: [authorId], references: [id])
}
`
const KYSELY = `import type { Generated } from 'kysely'
export interface Database {
  users: UserTable
  posts: { id: number; author_id: number }
}
export interface UserTable {
  id: Generated<number>
  email: string
  full_name: string
  avatar_url: string | null
  email_verified: boolean
}
`

/** An application of each ORM that had users, and what its owner adds where the first step says so. */
const HAD_USERS = {
  drizzle: {
    path: 'src/db/schema.ts',
    text: DRIZZLE,
    add: (text: string) =>
      `import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'\n${text.replace('\n})', "\n  clerkId: clerkId('clerk_id').unique(),\n  ...syncColumns(),\n})")}`,
    map: 'user: (_user, record) => ({',
    proven: 'emailVerified',
  },
  prisma: {
    path: 'prisma/schema.prisma',
    text: PRISMA,
    add: (text: string) =>
      text.replace(
        '  posts  ',
        '  clerkId String? @unique\n  clerkVersion String @default("0")\n  deletedAt DateTime?\n  posts  ',
      ),
    map: '      name: record.fullName,\n      image: record.imageUrl,\n    }),\n    deletedUser: ({ id }) => ',
    proven: 'emailVerified',
  },
  kysely: {
    path: 'src/db.ts',
    text: KYSELY,
    add: (text: string) =>
      `import type { SyncColumns } from '@clerk-sync/adapter-kysely'\n${text.replace('interface UserTable {', 'interface UserTable extends SyncColumns {\n  clerk_id: string | null')}`,
    map: "full_name: record.fullName ?? '',\n      avatar_url: record.imageUrl",
    proven: 'email_verified',
  },
} as const

test.each(Object.entries(HAD_USERS))(
  'a table of users that was there fills by a map, and compiles with what the first step says: %s',
  async (orm, { path, text, add, map, proven }) => {
    const home = join(HOME, orm)
    rmSync(home, { recursive: true, force: true })
    install(home, INSTALLED)
    const cwd = join(home, 'application')
    write(cwd, { 'package.json': manifest('express', 'pg'), 'package-lock.json': '{}', [path]: text })
    const { stdout } = await clerkSync(['init', '--yes', '--orm', orm], { cwd })
    expect(read(cwd, 'src/clerk-sync.ts')).toContain(map)
    expect(read(cwd, 'src/clerk-sync.ts')).toMatch(
      /\/\/ Where Clerk has no (full_)?name, (image|avatar_?[uU]rl), the user's next/,
    )
    expect(stdout).toMatch(/ {5}"kept" of (full_)?name, (image|avatar_?[uU]rl) is what Clerk has not,/)
    expect(stdout).toContain(`npx clerk-sync backfill --link-by email --link-proven ${proven} --dry-run`)
    writeFileSync(join(cwd, path), add(read(cwd, path)))
    if (orm === 'prisma') await makePrismaClient(join(cwd, path))
    const files = ['src/clerk-sync.ts', 'src/clerk-schema.ts', 'src/clerk-database.ts', 'migrations/0001_clerk_sync.ts']
    const there = files.map((file) => join(cwd, file)).filter(existsSync)
    expect(there.length).toBe({ drizzle: 2, prisma: 1, kysely: 3 }[orm])
    expect(errorsOf(there)).toEqual([])
    // Nothing of the table is made a second time.
    expect(there.map((file) => readFileSync(file, 'utf8')).join()).not.toMatch(
      /createTable\('users'\)|pgTable\('users'/,
    )
    const again = await clerkSync(['init', '--yes', '--json', '--orm', orm], { cwd })
    expect(jsonOf(again)).toMatchObject({ written: [], kept: [] })
    expect(again.stdout).not.toContain('of yours: give it')
  },
  120_000,
)

test('the migration of a table with Kysely that was there adds to it, and can be taken back', async () => {
  const cwd = applicationWith({ 'package.json': manifest('express', 'pg', 'kysely'), 'src/db.ts': KYSELY })
  await clerkSync(['init', '--yes'], { cwd })
  const migration = read(cwd, 'migrations/0001_clerk_sync.ts')
  expect(migration).toContain("alterTable('users').addColumn('clerk_id', clerkId(db))")
  expect(migration).toContain("alterTable('users').dropColumn('clerk_id')")
  expect(read(cwd, 'src/clerk-database.ts')).toContain('extends OwnDatabase')
})

test('deliveries are let in last, where users wait for their Clerk ids', async () => {
  const cwd = applicationWith({ 'package.json': manifest('express', 'pg', 'drizzle-orm'), 'src/schema.ts': DRIZZLE })
  const { todo } = jsonOf(await clerkSync(['init', '--yes', '--json'], { cwd })) as { todo: string[] }
  const at = (text: string) => todo.findIndex((step) => step.includes(text))
  const order = [
    'of yours: give it',
    'Create the tables',
    '--dry-run',
    'Add Endpoint',
    'once more',
    'clerk-sync doctor',
  ]
  expect(order.map(at)).toEqual(order.map(at).toSorted((a, b) => a - b))
  expect(order.map(at)).not.toContain(-1)
})

/** Moves what init wrote, and names the new place in the module, as an application would. */
function move(cwd: string, from: string, to: string, mend?: readonly [file: string, before: string, after: string]) {
  mkdirSync(dirname(join(cwd, to)), { recursive: true })
  renameSync(join(cwd, from), join(cwd, to))
  if (!mend) return
  const [file, before, after] = mend
  expect(read(cwd, file)).toContain(before)
  writeFileSync(join(cwd, file), read(cwd, file).replaceAll(before, after))
}

const NEXT = ['next', 'pg'] as const

test.each([
  [
    'the Drizzle tables',
    'drizzle',
    'lib/clerk-schema.ts',
    'db/tables.ts',
    ['lib/clerk-sync.ts', './clerk-schema', '../db/tables'],
  ],
  [
    'the interface of Kysely',
    'kysely',
    'lib/clerk-database.ts',
    'db/types.ts',
    ['lib/clerk-sync.ts', './clerk-database', '../db/types'],
  ],
  ['the migration of Kysely', 'kysely', 'migrations/0001_clerk_sync.ts', 'db/migrations/2027_users.ts', undefined],
  ['the route', 'drizzle', 'app/api/webhooks/clerk/route.ts', 'app/api/clerk/route.ts', undefined],
  [
    'the module',
    'drizzle',
    'lib/clerk-sync.ts',
    'lib/sync.ts',
    ['app/api/webhooks/clerk/route.ts', 'clerk-sync', 'sync'],
  ],
] as const)('what was moved does not come back: %s', async (_, orm, from, to, mend) => {
  const cwd = applicationWith({ 'package.json': manifest(...NEXT), 'app/page.tsx': '' })
  await clerkSync(['init', '--yes', '--orm', orm], { cwd })
  move(cwd, from, to, mend)
  const ended = await clerkSync(['init', '--yes', '--json', '--orm', orm], { cwd })
  expect(jsonOf(ended)).toMatchObject({ ok: true, written: [] })
  expect(existsSync(join(cwd, from))).toBe(false)
  if (from !== 'lib/clerk-sync.ts') expect(ended.stderr).toContain(`${from} is not written: `)
})

test('tables that the module has from a package of the workspace are not written', async () => {
  const cwd = applicationWith({ 'package.json': manifest(...NEXT), 'app/page.tsx': '' })
  await clerkSync(['init', '--yes', '--orm', 'drizzle'], { cwd })
  rmSync(join(cwd, 'lib/clerk-schema.ts'))
  const module = read(cwd, 'lib/clerk-sync.ts').replace('./clerk-schema', '@acme/database')
  writeFileSync(join(cwd, 'lib/clerk-sync.ts'), module)
  const ended = await clerkSync(['init', '--yes', '--json', '--orm', 'drizzle'], { cwd })
  expect(jsonOf(ended).written).toEqual([])
  expect(existsSync(join(cwd, 'lib/clerk-schema.ts'))).toBe(false)
})

test('a model that was given another name does not come back', async () => {
  const cwd = applicationWith({ 'package.json': manifest(...NEXT), 'app/page.tsx': '' })
  await clerkSync(['init', '--yes', '--orm', 'prisma'], { cwd })
  const rename = (path: string, before: string, after: string) =>
    writeFileSync(join(cwd, path), read(cwd, path).replace(before, after))
  rename('prisma/schema.prisma', 'model User {', 'model Person {')
  rename('lib/clerk-sync.ts', "users: 'user'", "users: 'person'")
  const ended = await clerkSync(['init', '--yes', '--json', '--orm', 'prisma'], { cwd })
  expect(jsonOf(ended)).toMatchObject({ written: [], kept: ['lib/clerk-sync.ts'] })
})

test.each([
  ['pnpm-lock.yaml', 'pnpm exec'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bunx'],
  ['package-lock.json', 'npx'],
])('commands are those of the package manager, of the workspace above too: %s', async (lock, exec) => {
  const folder = applicationWith({ '.git/HEAD': '', [lock]: '', 'apps/web/package.json': manifest(...NEXT, 'prisma') })
  const ended = await clerkSync(['init', '--yes', '--json'], { cwd: join(folder, 'apps/web') })
  const { todo } = jsonOf(ended) as { todo: string[] }
  expect(todo.join('\n')).toContain(`${exec} prisma generate && ${exec} prisma migrate dev`)
  expect(todo.at(-1)).toContain(`${exec} clerk-sync doctor`)
})
