// An application with Express and Kysely on SQLite, as a developer runs it: its server is a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { signedDelivery } from '@clerk-sync/testing'
import { expect, onTestFinished } from 'vitest'
import { applicationWith } from './application.ts'
import { SECRET, start } from './command.ts'
import { install } from './installed.ts'
import { installForKysely } from './sqlite-application.ts'

const TABLES = `
create table users (id text primary key, first_name text, last_name text, email text unique, clerk_version text not null default '0', deleted_at integer);
create table organizations (id text primary key, name text, clerk_version text not null default '0', deleted_at integer);
create table clerk_events (id text primary key, type text not null, entity_id text, occurred_at integer not null, processed_at integer not null);
create index clerk_events_processed_at on clerk_events (processed_at);
create table clerk_dead_letters (id text primary key, type text not null, entity_id text, code text not null, payload text not null, parked_at integer not null);
create index clerk_dead_letters_entity_id on clerk_dead_letters (entity_id);
`

const MODULE = `import { existsSync } from 'node:fs'
import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { recordDeliveries } from '@clerk-sync/core/dev'
import Connection from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'

const connection = new Connection(process.env.DATABASE_URL, { timeout: 10_000 })
const db = new Kysely<any>({ dialect: new SqliteDialect({ database: connection }) })

export const clerkSync = recordDeliveries(createClerkSync({
  adapter: kyselyAdapter(db, {
    users: { table: 'users', columns: ['first_name', 'last_name', 'email'] },
    organizations: { table: 'organizations', columns: ['name'] },
    events: 'clerk_events',
    deadLetters: 'clerk_dead_letters',
  }),
  parkAfterMs: Number(process.env.PARK_AFTER_MS ?? 3_600_000),
  logger: false,
  on: {
    'user.created': ({ event }) => {
      if (event.data.first_name === 'Broken' && !existsSync('mended')) throw new Error(process.env.SAID ?? 'There is no template for the welcome mail')
    },
  },
}))
`

const SERVER = `import { toNodeHandler } from '@clerk-sync/core/node'
import express from 'express'
import { clerkSync } from './clerk-sync.ts'

const app = express()
app.post('/api/webhooks/clerk', toNodeHandler(clerkSync))
const server = app.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port))
`

/** A message, as `signedDelivery` of @clerk-sync/testing takes it. */
export type Message = Parameters<typeof signedDelivery>[0]

export function devApplication() {
  const cwd = applicationWith({ 'clerk-sync.ts': MODULE, 'server.ts': SERVER })
  installForKysely(cwd)
  install(cwd, { 'packages/core': ['express'] })
  const file = join(cwd, 'app.db')
  const database = new DatabaseSync(file, { timeout: 10_000 })
  onTestFinished(() => database.close())
  database.exec(`pragma journal_mode = wal; ${TABLES}`)
  const recorderFile = join(cwd, 'node_modules/.cache/clerk-sync/dev.json')
  const env = { DATABASE_URL: file, CLERK_WEBHOOK_SIGNING_SECRET: SECRET }
  return {
    cwd,
    env,
    recorderFile,
    /** What applications find there. */
    recorder: (): { address: string; token: string } => JSON.parse(readFileSync(recorderFile, 'utf8')),
    query: (sql: string, ...params: readonly string[]) => database.prepare(sql).all(...params),
    /** From now on its hook throws no more. */
    mend: () => writeFileSync(join(cwd, 'mended'), ''),
    serve: (more: Readonly<Record<string, string>> = {}) => serve(cwd, { ...env, ...more }),
    /** `clerk-sync dev`, and the address that it prints. */
    async dev(args: readonly string[] = [], more: Readonly<Record<string, string>> = {}, folder = cwd) {
      const command = start(['dev', ...args], { cwd: folder, env: { ...env, ...more } })
      const address = () => /^Open (http:\S+)$/m.exec(command.output.stdout)?.[1]
      await expect.poll(address, { timeout: 30_000 }).toBeDefined()
      return { ...command, url: address() ?? '' }
    },
  }
}

/** The application's own server, and what sends to it as Clerk does. */
async function serve(cwd: string, env: Readonly<Record<string, string>>) {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, ['server.ts'], { cwd, env: { PATH, HOME, NODE_NO_WARNINGS: '1', ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  }
  const port = () => /^port (\d+)$/m.exec(output.stdout)?.[1]
  await expect.poll(port, { timeout: 30_000 }).toBeDefined()
  const url = `http://127.0.0.1:${port()}/api/webhooks/clerk`
  return {
    url,
    output,
    /** What it was answered: the outcome or the code. */
    async deliver(message: Message, secret = SECRET): Promise<string> {
      const { headers, body } = signedDelivery(message, { secret })
      const answer: unknown = await (await fetch(url, { method: 'POST', headers, body })).json()
      return String(Reflect.get(Object(answer), 'outcome') ?? Reflect.get(Object(answer), 'code'))
    },
    async end(): Promise<void> {
      child.kill('SIGTERM')
      await once(child, 'close')
    },
  }
}
