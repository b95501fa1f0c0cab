import { createClerkSync } from '@clerk-sync/core'
import type { Rows, SyncAdapter } from '@clerk-sync/core/adapter'
import { startOwnServer } from '@clerk-sync/fault-proxy'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase } from './databases.ts'
import { userEvent, withEmail } from './events.ts'
import { createdTables } from './kit-tables.ts'
import { type Query, rawMysql, rawPostgres } from './raw-connections.ts'
import { SIGNING_SECRET, signedDelivery } from './signed.ts'

/** An adapter for the kit's tables, `users` without a ledger, on a client of its own. */
export type TroubledDriver = readonly [name: string, open: (url: string) => SyncAdapter<Rows, unknown>]

type Trouble =
  | 'a wrong password'
  | 'a database that is not there'
  | 'a missing table'
  | 'a server that is away'
  | 'a missing right'
  | 'row-level security without a policy'

type Urls = Readonly<Record<Trouble, string>>

const PASSWORD = 'the-right-password'
const ADDRESS = 'ada@example.com'

const SENTENCES: Readonly<Record<Trouble, RegExp>> = {
  'a wrong password':
    /the database refused the login: .*\b(?:authentication failed|denied)\b.* Check the user, the password/i,
  'a database that is not there':
    /the database refused the login: .*\babsent\b.* Check the user, the password and the database/,
  'a missing table': /the database lacks what the statement names: .*\busers\b.* Run your migrations/i,
  'a server that is away': /the database cannot be reached, or ended the connection: /,
  'a missing right':
    /the database does not allow it: .*\b(?:permission|command) denied\b.* Grant select, insert and update/,
  'row-level security without a policy': /the database does not allow it: .*row-level security.* add a policy/,
}

/** Each mistake of a set-up has a sentence of its own in the default log, whatever the driver makes of it. */
export function testTroubles(
  suite: string,
  drivers: { readonly postgres: readonly TroubledDriver[]; readonly mysql: readonly TroubledDriver[] },
): void {
  describe.for(drivers.postgres)('%s', ([, open]) => {
    let urls: Urls
    beforeAll(async () => {
      const own = await startOwnServer('postgres')
      afterAll(() => own.close())
      urls = await postgresTroubles(own.url)
    })
    it.for(Object.keys(SENTENCES) as Trouble[])('%s is told apart in the log', (trouble) =>
      expectTold(open, urls, trouble),
    )
  })

  describe.for(drivers.mysql)('%s', ([, open]) => {
    let urls: Omit<Urls, 'row-level security without a policy'>
    beforeAll(async () => {
      urls = await mysqlTroubles(suite)
    })
    const troubles = Object.keys(SENTENCES).filter(
      (trouble) => !trouble.startsWith('row-level'),
    ) as (keyof typeof urls)[]
    it.for(troubles)('%s is told apart in the log', (trouble) => expectTold(open, urls, trouble))
  })
}

async function expectTold<T extends Trouble>(
  open: TroubledDriver[1],
  urls: Readonly<Record<T, string>>,
  trouble: T,
): Promise<void> {
  const printed: string[] = []
  const spy = vi.spyOn(console, 'error').mockImplementation((...args) => void printed.push(args.join(' ')))
  onTestFinished(() => spy.mockRestore())
  const clerkSync = createClerkSync({ adapter: open(urls[trouble]), signingSecret: SIGNING_SECRET })
  const event = userEvent('user.created', 'user_1', 1_760_000_000_000, withEmail(ADDRESS))
  await clerkSync.receive(signedDelivery(event))
  expect(printed).toEqual([expect.stringMatching(/^clerk-sync: 503 store_failed /)])
  const told = Object.entries(SENTENCES).filter(([, sentence]) => sentence.test(String(printed[0])))
  expect([told.map(([name]) => name), printed[0]]).toEqual([[trouble], printed[0]])
  expect(printed[0]).not.toContain(ADDRESS)
}

async function postgresTroubles(server: string): Promise<Urls> {
  const query = rawPostgres(server, afterAll)
  await createdTables('postgres', query)
  // The rules for a log-in of a server of ours trust everybody.
  const [file] = await query(`select current_setting('hba_file') as path`)
  const rules = `select * from (values ('host all app,bound all scram-sha-256'), ('host all all all trust')) as rules`
  await query(`copy (${rules}) to '${String(file?.path)}'`)
  await query('select pg_reload_conf()')
  for (const role of ['app', 'bound']) await query(`create role ${role} login password '${PASSWORD}'`)
  await query('grant select, insert, update on users to bound')
  await query('alter table users enable row level security')
  await query('create database empty')
  return {
    ...commonTroubles(server, 'app'),
    'a missing table': changed(server, { pathname: '/empty' }),
    'a missing right': changed(server, { username: 'app', password: PASSWORD }),
    'row-level security without a policy': changed(server, { username: 'bound', password: PASSWORD }),
  }
}

async function mysqlTroubles(suite: string): Promise<Omit<Urls, 'row-level security without a policy'>> {
  const server = await freshDatabase('mysql', suite)
  const query: Query = rawMysql(server, afterAll)
  await createdTables('mysql', query)
  await query(`drop user if exists ${suite}`)
  await query(`create user ${suite} identified by '${PASSWORD}'`)
  await query(`grant select on \`${new URL(server).pathname.slice(1)}\`.* to ${suite}`)
  return {
    ...commonTroubles(server, suite),
    'a missing table': await freshDatabase('mysql', suite),
    'a missing right': changed(server, { username: suite, password: PASSWORD }),
  }
}

const commonTroubles = (server: string, username: string) => ({
  'a wrong password': changed(server, { username, password: 'a-wrong-password' }),
  'a database that is not there': changed(server, { pathname: '/absent' }),
  'a server that is away': changed(server, { port: '1' }),
})

function changed(
  server: string,
  parts: Partial<Record<'pathname' | 'port' | 'username' | 'password', string>>,
): string {
  return Object.assign(new URL(server), parts).href
}
