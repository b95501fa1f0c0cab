import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { Kysely, MysqlDialect } from 'kysely'
import { createPool } from 'mysql2'
import { describe, expect, it, onTestFinished } from 'vitest'

interface Database {
  users: SyncColumns & { id: string; email: string | null }
}

const users = (name = 'users', id = 'varchar(255) primary key', ...more: readonly string[]) =>
  `create table ${name} (${[`id ${id}`, 'email varchar(255)', "clerk_version varchar(34) not null default '0'", 'deleted_at datetime(3)', ...more].join(', ')})`
const matching = (pattern: RegExp) => expect.stringMatching(pattern)

describe.for([
  ['MySQL', 'mysql'],
  ['MariaDB', 'mariadb'],
] as const)('check on %s', ([name, server]) => {
  async function opened(...ddl: readonly string[]) {
    const uri = await freshDatabase(server, 'kysely_check_mysql')
    const owner = createPool({ uri, connectionLimit: 1 }).promise()
    onTestFinished(() => owner.end())
    for (const statement of ddl) await owner.query(statement)
    /** @param login - the name of a user without a password; each connection begins with `first` */
    const check = async ({ login, first, schema }: { login?: string; first?: string; schema?: string } = {}) => {
      const url = new URL(uri)
      if (login) Object.assign(url, { username: login, password: '' })
      const pool = createPool({ uri: url.href, connectionLimit: 1 })
      if (first) pool.on('connection', (connection) => connection.query(first))
      onTestFinished(() => pool.promise().end())
      const plain = new Kysely<Database>({ dialect: new MysqlDialect({ pool }) })
      const db = schema === undefined ? plain : plain.withSchema(schema)
      const adapter = kyselyAdapter(db, { users: { table: 'users', columns: ['email'] } })
      return createClerkSync({ adapter }).check()
    }
    const problemsOf = async (given?: Parameters<typeof check>[0]) =>
      (await check(given)).map(({ severity, message }) => `${severity}: ${message}`)
    return {
      run: (statement: string) => owner.query(statement),
      check,
      problemsOf,
      database: new URL(uri).pathname.slice(1),
    }
  }

  it('finds an sql_mode that cuts values off', async () => {
    const { check } = await opened(users())
    for (const mode of ['STRICT_ALL_TABLES', 'STRICT_TRANS_TABLES', 'ANSI,STRICT_TRANS_TABLES']) {
      expect(await check({ first: `set sql_mode = '${mode}'` })).toEqual([])
    }
    const message = matching(/^sql_mode is not strict/)
    for (const mode of ['', 'ANSI']) {
      expect(await check({ first: `set sql_mode = '${mode}'` })).toEqual([
        { severity: 'warning', table: '(server)', message },
      ])
    }
  })

  it('looks at the table of the schema that is written to', async () => {
    const { problemsOf, run, database } = await opened(users())
    const other = `${database}_other`
    await run(`create database ${other}`)
    onTestFinished(async () => void (await run(`drop database ${other}`)))
    await run(users(`${other}.users`, 'int', 'tenant int not null', 'constraint never check (email is not null)'))
    await run(`create trigger ${other}.on_insert before insert on ${other}.users for each row set @seen = 1`)
    expect(await problemsOf()).toEqual([])
    const found = await problemsOf({ schema: other })
    for (const pattern of [
      /no unique index/,
      /has the type int/,
      /trigger on_insert/,
      /tenant is NOT NULL/,
      /constraint never/,
    ]) {
      expect(found).toContainEqual(matching(pattern))
    }
  })

  it('finds missing grants', async () => {
    const { problemsOf, run, database } = await opened(users())
    const login = `check_${name.toLowerCase()}`
    await run(`create user ${login}@'%'`)
    onTestFinished(async () => void (await run(`drop user ${login}@'%'`)))
    await run(`grant select, insert on ${database}.users to ${login}@'%'`)
    expect(await problemsOf({ login })).toEqual([
      matching(
        /^error: users: the role .* lacks privileges.*grant update \(clerk_version, deleted_at, email\) on `users`/,
      ),
    ])
    await run(`grant update on ${database}.users to ${login}@'%'`)
    expect(await problemsOf({ login })).toEqual([])
  })

  it('tries a CHECK with defaults and generated columns, and says nothing of the checks of json', async () => {
    const { problemsOf } = await opened(
      users(
        undefined,
        undefined,
        'settings json',
        "plan varchar(20) default 'it''s free'",
        'touched_at datetime default current_timestamp',
        'has_email tinyint as (email is not null)',
        "constraint plan check (plan = 'it''s free')",
        'constraint touched check (touched_at is not null)',
        'constraint has_email check (has_email = 1)',
      ),
    )
    expect(await problemsOf()).toEqual([matching(/^error: users: the constraint has_email forbids/)])
  })
})
