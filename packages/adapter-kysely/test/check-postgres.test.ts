import { readFile } from 'node:fs/promises'
import { type ClerkDeadLettersTable, kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'

interface Database {
  clerk_dead_letters: ClerkDeadLettersTable
  users: SyncColumns & { id: string; email: string | null; settings: object | null; visits: bigint | null }
}

const SYNC = `clerk_version text not null default '0', deleted_at timestamptz(3)`
const matching = (pattern: RegExp) => expect.stringMatching(pattern)

function poolOf(connectionString: string, options?: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 2, ...(options && { options }) })
  onTestFinished(() => pool.end())
  return pool
}

const LETTERS = `create table clerk_dead_letters (id text primary key, type text not null, entity_id text,
  code text not null, payload text not null, parked_at timestamptz(3) not null)`

async function opened(ddl: readonly string[], options: object = {}) {
  const connectionString = await freshDatabase('postgres', 'kysely_check_postgres')
  const owner = poolOf(connectionString)
  for (const statement of ddl) await owner.query(statement)
  /** @param settings - of each connection, as a command line of the server's */
  const syncOf = (settings?: string, schema?: string) => {
    const plain = new Kysely<Database>({ dialect: new PostgresDialect({ pool: poolOf(connectionString, settings) }) })
    const db = schema === undefined ? plain : plain.withSchema(schema)
    const users = { table: 'users', columns: ['email', 'settings', 'visits'] } as const
    return createClerkSync({
      adapter: ddl.includes(LETTERS)
        ? kyselyAdapter(db, { users, deadLetters: 'clerk_dead_letters' })
        : kyselyAdapter(db, { users }),
      map: { user: () => ({ email: null }) },
      ...options,
    })
  }
  const problemsOf = async (settings?: string, schema?: string) =>
    (await syncOf(settings, schema).check()).map(({ severity, message }) => `${severity}: ${message}`)
  return { run: (statement: string) => owner.query(statement), syncOf, problemsOf }
}

const users = (...more: readonly string[]) =>
  `create table users (${['id text primary key', 'email text', 'settings jsonb', 'visits bigint', SYNC, ...more].join(', ')})`

describe('check on PostgreSQL tries what a delete writes', () => {
  const emptied = { settings: { plan: 'none' }, visits: 7n }
  const options = {
    map: { user: () => ({ settings: {}, visits: 1n }), deletedUser: () => emptied },
  }

  it('with jsonb as an object and a bigint as a number', async () => {
    const rules = [
      `constraint settings check (jsonb_typeof(settings) = 'object')`,
      'constraint visits check (visits < 9)',
    ]
    const { problemsOf } = await opened([users(...rules)], options)
    expect(await problemsOf()).toEqual([
      matching(/^warning: users: the constraint settings holds for settings/),
      matching(/^warning: users: the constraint visits holds for visits/),
    ])
  })

  it('and finds the bigint and the jsonb that a constraint forbids', async () => {
    const rules = [`constraint settings check (settings ? 'theme')`, 'constraint visits check (visits < 7)']
    const { problemsOf } = await opened([users(...rules)], options)
    expect(await problemsOf()).toEqual([
      matching(/^error: users: the constraint settings forbids/),
      matching(/^error: users: the constraint visits forbids/),
    ])
  })

  it('with generated columns, and without moving a sequence', async () => {
    const { problemsOf, run } = await opened([
      users(
        'n serial check (n > 0)',
        'm integer generated always as identity check (m > 0)',
        `lower_email text generated always as (lower(email)) stored`,
        'constraint lower_email check (lower_email is not null)',
      ),
    ])
    expect(await problemsOf()).toEqual([matching(/^error: users: the constraint lower_email forbids/)])
    const { rows } = await run('select last_value, is_called from users_n_seq')
    expect(rows).toEqual([{ last_value: '1', is_called: false }])
  })

  it('and tells a constraint that raises an error from one that cannot be tried', async () => {
    const { problemsOf, run } = await opened([
      `create function raises(text) returns boolean immutable language plpgsql as
        'begin if $1 is null then raise exception ''no''; end if; return true; end'`,
      'create function secret(text) returns boolean immutable language sql as $$ select true $$',
      users('constraint raises check (raises(email))', 'constraint secret check (secret(email))'),
      'create role check_untried',
      'grant select, insert, update on users to check_untried',
      'revoke execute on function secret from public',
    ])
    onTestFinished(async () => {
      await run('drop owned by check_untried')
      await run('drop role check_untried')
    })
    expect(await problemsOf('-c role=check_untried')).toEqual([
      matching(/^error: users: the constraint raises forbids what a delete writes/),
      matching(
        /^warning: users: whether the constraint secret .* could not be tried.*permission denied for function secret/,
      ),
    ])
  })
})

describe('check on PostgreSQL sees what keeps a role from writing', () => {
  const ROLE = 'check_writer'
  const AS_ROLE = `-c role=${ROLE}`

  async function asRole(...ddl: readonly string[]) {
    const store = await opened([users(), `create role ${ROLE}`, ...ddl])
    onTestFinished(async () => {
      await store.run(`drop owned by ${ROLE}`)
      await store.run(`drop role ${ROLE}`)
    })
    const { run, syncOf, problemsOf } = store
    const deliver = () =>
      syncOf(AS_ROLE)
        .apply(userEvent('user.created', 'user_1', 1_760_000_000_000))
        .catch((error: unknown) => Reflect.get(Object(error), 'code') as unknown)
    const park = () =>
      syncOf(AS_ROLE).apply(userEvent('user.created', 'user_2', 1_760_000_000_000), { lastAttempt: true })
    return { run, deliver, park, problems: () => problemsOf(AS_ROLE) }
  }

  it('missing grants, of a table and of columns', async () => {
    const { run, problems, deliver } = await asRole(`grant select, insert on users to ${ROLE}`)
    expect(await problems()).toEqual([
      matching(
        /^error: users: the role .* lacks privileges.*grant update \(clerk_version, deleted_at, email\) on "users"/,
      ),
    ])
    expect(await deliver()).toBe('store_failed')
    await run(`grant update (clerk_version, deleted_at) on users to ${ROLE}`)
    expect(await problems()).toEqual([matching(/grant update \(email\) on "users"/)])
    await run(`grant update (email) on users to ${ROLE}`)
    expect(await problems()).toEqual([])
    expect(await deliver()).toBe('created')
  })

  it('what dead letters need, and none of it after the statements of the documentation', async () => {
    const { run, problems, park } = await asRole(`grant all on users to ${ROLE}`, LETTERS)
    expect(await problems()).toEqual([
      matching(
        /^error: clerk_dead_letters: the role .* grant select \(.*\), insert \(.*\), delete on "clerk_dead_letters"/,
      ),
    ])
    const page = await readFile(new URL('../../../docs/dead-letters.md', import.meta.url), 'utf8')
    const [, statements = ''] = /```sql\n([^`]+)```/.exec(page) ?? []
    await run(statements.replaceAll('the_role_of_the_application', ROLE))
    expect(await problems()).toEqual([])
    await run('alter table users add check (email is not null)')
    expect(await park()).toBe('parked')
    await run(`revoke delete on clerk_dead_letters from ${ROLE}`)
    expect(await problems()).toContainEqual(matching(/lacks privileges.*: grant delete on "clerk_dead_letters"/))
    await run('drop policy clerk_sync on clerk_dead_letters')
    expect(await problems()).toContainEqual(
      matching(/no policy lets the role check_writer select, insert, update, delete/),
    )
    await run('drop table clerk_dead_letters')
    expect(await problems()).toContainEqual(matching(/The table clerk_dead_letters is not in the database/))
  })

  it('a connection that takes no writes', async () => {
    const { problemsOf } = await opened([users()])
    expect(await problemsOf('-c default_transaction_read_only=on')).toEqual([
      matching(/^error: The database takes no writes from this connection: it is a replica, or default_transaction/),
    ])
  })

  it('a schema that the role may not use', async () => {
    const { problems } = await asRole(`revoke usage on schema public from public`)
    expect((await problems())[0]).toMatch(/^error: The table users is not in the database/)
  })

  it('row-level security without a policy that lets it write', async () => {
    const { run, problems, deliver } = await asRole(
      `grant all on users to ${ROLE}`,
      'alter table users enable row level security',
    )
    expect(await problems()).toEqual([
      matching(/^error: users has row-level security, and no policy lets the role check_writer select, insert, update/),
    ])
    expect(await deliver()).toBe('store_failed')
    await run('create policy reads on users for select using (true)')
    await run('create policy of_others on users to pg_monitor using (true)')
    expect(await problems()).toEqual([matching(/no policy lets the role check_writer insert, update: .*503/)])
    const [, statement = ''] =
      /(create policy clerk_sync .*? with check \(true\))/.exec((await problems())[0] ?? '') ?? []
    await run(statement)
    expect(await problems()).toEqual([])
    expect(await deliver()).toBe('created')
  })

  it('a policy that hides rows', async () => {
    const { run, problems } = await asRole(
      `grant all on users to ${ROLE}`,
      'alter table users enable row level security',
      `create policy own on users using (id = current_user)`,
    )
    const hidden = [
      matching(/^warning: users: the policy own decides which rows the role check_writer reads and writes/),
    ]
    expect(await problems()).toEqual(hidden)
    await run('create policy every on users using (true) with check (true)')
    expect(await problems()).toEqual([])
    await run('alter policy own on users using (false)')
    await run('drop policy own on users')
    await run('create policy own on users as restrictive using (id = current_user)')
    expect(await problems()).toEqual(hidden)
  })
})

describe('check on PostgreSQL finds a policy that hides deleted rows', () => {
  const ROLE = 'check_hides_deleted'
  const AT = 1_760_000_000_000

  async function under(...policies: readonly string[]) {
    const { run, syncOf, problemsOf } = await opened([
      users(),
      `create role ${ROLE}`,
      `grant all on users to ${ROLE}`,
      'alter table users enable row level security',
      ...policies,
    ])
    onTestFinished(async () => {
      await run(`drop owned by ${ROLE}`)
      await run(`drop role ${ROLE}`)
    })
    const sync = syncOf(`-c role=${ROLE}`)
    expect(await sync.apply(userEvent('user.created', 'user_1', AT))).toBe('created')
    const refused = await sync.apply(userEvent('user.deleted', 'user_1', AT + 1)).catch((error: Error) => error.message)
    return { run, refused, problems: await problemsOf(`-c role=${ROLE}`) }
  }

  it.for([
    ['for all', ['create policy live on users using (deleted_at is null)']],
    [
      'for select',
      [
        'create policy live on users for select using (deleted_at is null)',
        'create policy writes on users for update using (true)',
        'create policy adds on users for insert with check (true)',
      ],
    ],
    [
      'as a restriction',
      [
        'create policy writes on users using (true)',
        'create policy live on users as restrictive using (deleted_at is null)',
      ],
    ],
    [
      'by a function, for updates',
      [
        'create policy adds on users for insert with check (true)',
        'create policy reads on users for select using (true)',
        'create policy live on users for update using (coalesce(deleted_at, $$infinity$$) > now())',
      ],
    ],
  ] as const)('%s: deletes are refused, and the error says so', async ([, policies]) => {
    const { refused, problems } = await under(...policies)
    expect(refused).toMatch(
      /row-level security policy.*a deleted row: one such as using \(deleted_at is null\) refuses every/,
    )
    expect(problems).toContainEqual(matching(/^error: users: the policy live hides a row .* once it is deleted/))
  })

  it('and none beside one that passes them', async () => {
    const { refused, problems } = await under(
      'create policy live on users using (deleted_at is null)',
      `create policy clerk_sync on users to ${ROLE} using (true) with check (true)`,
    )
    expect([refused, problems]).toEqual(['deleted', []])
  })
})

describe('check on PostgreSQL finds what a table has', () => {
  it('a rule, which refuses every write', async () => {
    const { problemsOf, syncOf, run } = await opened([
      users(),
      'create rule moved as on update to users do also nothing',
      'create rule watched as on delete to users do instead nothing',
      'create rule harmless as on insert to users do also nothing',
    ])
    expect(await problemsOf()).toEqual([
      matching(/^error: users has the rule moved, and PostgreSQL takes no guarded write/),
    ])
    await expect(syncOf().apply(userEvent('user.created', 'user_1', 1_760_000_000_000))).rejects.toMatchObject({
      code: 'store_failed',
      message: matching(/the database does not allow it: .*INSERT or UPDATE rules\. Drop the rule/),
    })
    await run('drop rule moved on users')
    expect(await problemsOf()).toEqual([])
    expect(await syncOf().apply(userEvent('user.created', 'user_1', 1_760_000_000_000))).toBe('created')
    await run('create rule dropped as on insert to users do instead nothing')
    expect(await problemsOf()).toEqual([matching(/^error: users has the rule dropped/)])
  })

  it('an exclusion constraint and a deferrable unique index', async () => {
    const { problemsOf } = await opened([
      users('constraint apart exclude (email with =)', 'constraint late unique (email) deferrable initially deferred'),
    ])
    expect(await problemsOf()).toEqual([
      matching(/^warning: users\.email is unique: while another row/),
      matching(/^warning: users has the exclusion constraint apart: while another row/),
    ])
  })

  it.for(['char(40)', 'bigint'])('a version of the type %s', async (type) => {
    const { problemsOf } = await opened([users().replace('clerk_version text', `clerk_version ${type}`)])
    expect(await problemsOf()).toEqual([
      matching(
        /^error: users\.clerk_version has the type .*, which gives no version back as it was written.*Give it text/,
      ),
    ])
  })

  it('an INSTEAD OF trigger, on a view', async () => {
    const { problemsOf } = await opened([
      users().replace('table users', 'table people'),
      'create view users as select * from people',
      `create function f() returns trigger language plpgsql as 'begin return new; end'`,
      'create trigger instead instead of insert on users for each row execute function f()',
    ])
    expect(await problemsOf()).toEqual([matching(/^error: users is a view, and no guarded write goes through one/)])
  })
})

it('check on PostgreSQL looks at the table of the schema that is written to', async () => {
  const { problemsOf, run } = await opened([users(), 'create schema other'])
  await run('create table other.users (id uuid, email text)')
  expect(await problemsOf()).toEqual([])
  expect(await problemsOf(undefined, 'other')).toContainEqual(matching(/^error: users\.id has the type uuid/))
  expect(await problemsOf('-c search_path=other,public')).toContainEqual(
    matching(/^error: users\.id has the type uuid/),
  )
})

it('check on PostgreSQL does not take an invalid index for one of the key', async () => {
  const { problemsOf, run } = await opened([users().replace('primary key', 'not null')])
  await run(`insert into users (id) values ('user_1'), ('user_1')`)
  await expect(run('create unique index concurrently by_id on users (id)')).rejects.toMatchObject({ code: '23505' })
  expect(await problemsOf()).toEqual([matching(/^error: users\.id has no unique index of its own/)])
  await run('truncate users')
  await run('reindex index by_id')
  expect(await problemsOf()).toEqual([])
})

it('check on PostgreSQL finds a key whose collation ignores case', async () => {
  const { problemsOf } = await opened([
    `create collation ignores_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    users().replace('id text', 'id text collate ignores_case'),
  ])
  expect(await problemsOf()).toEqual([matching(/^error: users\.id ignores case, and Clerk ids differ in case/)])
})

it('check on PostgreSQL finds materialized views and partitioned tables, and no disabled trigger', async () => {
  const { problemsOf, run } = await opened([
    users(),
    `create function f() returns trigger language plpgsql as 'begin return new; end'`,
    'create trigger off before insert on users for each row execute function f()',
    'alter table users disable trigger off',
  ])
  expect(await problemsOf()).toEqual([])
  await run('alter table users rename to people')
  await run('create materialized view users as select * from people')
  expect(await problemsOf()).toEqual([matching(/^error: users is a materialized view/)])
  await run('drop materialized view users')
  await run(`${users()} partition by hash (id)`)
  expect(await problemsOf()).toEqual([matching(/^error: users is a partitioned table.*without partitions/)])
})

it('check gives up on a database that never answers', async () => {
  const { createServer } = await import('node:net')
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const pool = new pg.Pool({ host: '127.0.0.1', port: typeof address === 'object' ? (address?.port ?? 0) : 0 })
  onTestFinished(() => void silent.close())
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  const adapter = kyselyAdapter(db, { users: { table: 'users', columns: ['email'] } })
  await expect(createClerkSync({ adapter, timeoutMs: 300 }).check()).rejects.toMatchObject({
    name: 'ClerkSyncError',
    code: 'store_failed',
    message: matching(/^check\(\) had no answer from the database within 0\.3 s/),
  })
})
