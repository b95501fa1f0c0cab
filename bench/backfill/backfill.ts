import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import type { ApiAddress } from './api.ts'
import type { Measured, Ran, Task } from './contender.ts'
import { openStore } from './open-store.ts'
import { reportBackfill } from './report.ts'
import { DATABASES, type Database, ORMS, tablesOf } from './store.ts'
import { writing } from './writing.ts'

const USERS = Number(process.env.BENCH_USERS ?? 100_000)
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3)
/** The loop has a pace of its own, whatever their number: 100,000 would take minutes on a server. In whole pages. */
const LOOP_USERS = Number(process.env.BENCH_LOOP_USERS ?? 2000)
/** Without a network it is over so soon that half of it would be the start. */
const LOOP_USERS_ON_SQLITE = Math.min(USERS, 10 * LOOP_USERS)
/** They are short. */
const WRITING_ROUNDS = Math.max(ROUNDS, 5)
/** Where memory is looked at once more. */
const OTHER_SIZES = [10_000, 200_000]

/** Each contender in a process of its own, in turn, against an API in a process of its own. */
export async function measureBackfill(servers: { readonly postgres: string; readonly mysql: string }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-bench-'))
  try {
    const urls = { ...servers, sqlite: join(folder, 'bench.db') }
    await prepare(urls)
    const ran: Ran[] = []
    await withApi(USERS, async (api) => {
      for (let round = 1; round <= ROUNDS; round++) {
        for (const plan of [READING, ...plansOf(['loop', 'row', 'beside'], USERS)]) ran.push(await run(plan, urls, api))
        console.log(`${round} of ${ROUNDS} rounds`)
      }
    })
    for (const users of OTHER_SIZES) {
      await withApi(users, async (api) => {
        for (const plan of plansOf(['row'], users)) {
          ran.push(await run(plan, urls, api))
          ran.push(await run({ ...plan, collects: true }, urls, api))
        }
      })
      console.log(`${users.toLocaleString('en')} users`)
    }
    const written = await writing(urls.postgres, USERS, WRITING_ROUNDS)
    reportBackfill(ran, written, {
      users: USERS,
      rounds: ROUNDS,
      loopUsers: [LOOP_USERS, LOOP_USERS_ON_SQLITE],
      otherSizes: OTHER_SIZES,
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

type Plan = Omit<Task, 'url' | 'api'>

/** It has no database, and is opened one that is no server. */
const READING: Plan = { database: 'sqlite', orm: 'kysely', way: 'read', users: USERS }

function plansOf(ways: readonly Task['way'][], users: number): Plan[] {
  return DATABASES.flatMap((database) =>
    ORMS.flatMap((orm) =>
      ways.map((way) => ({ database, orm, way, users: way === 'loop' ? loopUsers(database) : users })),
    ),
  )
}

function loopUsers(database: Database): number {
  return database === 'sqlite' ? LOOP_USERS_ON_SQLITE : LOOP_USERS
}

async function prepare(urls: Readonly<Record<Database, string>>): Promise<void> {
  const server = await mysql.createConnection(urls.mysql)
  await server.query('create database if not exists bench_backfill')
  await server.end()
  for (const database of DATABASES) {
    const store = await openStore(database, urls[database])
    if (database === 'postgres') await store.query('create schema if not exists bench_backfill')
    for (const statement of tablesOf(database)) await store.query(statement)
    await store.close()
  }
}

async function withApi(users: number, use: (api: ApiAddress) => Promise<void>): Promise<void> {
  const process = fork(join(import.meta.dirname, 'api.ts'), [String(users)])
  try {
    const [address] = (await once(process, 'message')) as [ApiAddress]
    await use(address)
  } finally {
    process.disconnect()
  }
}

async function run(plan: Plan, urls: Readonly<Record<Database, string>>, api: ApiAddress): Promise<Ran> {
  const { database, orm, way } = plan
  const name = { read: orm, row: orm, loop: `${orm}_hand`, beside: `${orm}_beside` }[way]
  const store = await openStore(database, urls[database])
  const tables = [`${name}_users`, ...(way === 'beside' ? [`${name}_versions`] : [])]
  for (const table of tables)
    await store.query(database === 'sqlite' ? `delete from ${table}` : `truncate table ${table}`)
  const execArgv = plan.collects ? ['--expose-gc'] : []
  const process = fork(join(import.meta.dirname, 'contender.ts'), { execArgv })
  process.send({ ...plan, url: urls[database], api } satisfies Task)
  const [measured] = (await once(process, 'message')) as [Measured]
  if (process.exitCode === null) await once(process, 'exit')
  const stored = Number(await store.query(`select count(*) from ${name}_users`))
  await store.close()
  if (way !== 'read' && stored !== plan.users)
    throw new Error(`${database} ${orm} ${way} stored ${stored} users of ${plan.users}.`)
  const rate = Math.round(measured.rowsPerSecond).toLocaleString('en')
  const what = plan.collects ? 'in use' : 'above idle'
  console.log(`${database} ${orm} ${way}: ${rate} rows a second, ${Math.round(measured.peakMiB)} MiB ${what}`)
  return { ...plan, ...measured }
}
