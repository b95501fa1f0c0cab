import { expect } from 'vitest'
import type { Project } from './database.ts'

const OPEN_ROLES = ['anon', 'authenticated']
/** Of a user's; they have no versions. */
const PARTS = ['email_addresses', 'phone_numbers', 'external_accounts', 'web3_wallets']
const TABLES = [
  ...PARTS,
  ...['users', 'clerk_events', 'organizations', 'organization_memberships', 'organization_invitations'],
  ...['organization_domains', 'live_memberships', 'clerk_dead_letters', 'clerk_versions'],
  ...['roles', 'permissions', 'waitlist_entries', 'subscriptions', 'subscription_items', 'payment_attempts'],
  ...['active_plans', 'live_roles'],
]
const VIEWS = ['live_memberships', 'active_plans', 'live_roles']
/** What a user may select. */
const READABLE = [
  ...PARTS,
  ...['users', 'organizations', 'organization_memberships', 'roles', 'permissions'],
  ...['subscriptions', 'subscription_items', 'payment_attempts', ...VIEWS],
]
/** What nobody reads but the service role, whatever was granted. */
const CLOSED = ['organization_invitations', 'organization_domains', 'waitlist_entries']

/** user_ada, who asks, and user_bob; deleted rows of each kind, and rows that refer to what is not there. */
const ROWS = `
  insert into users (id, email) values ('user_ada', 'ada'), ('user_bob', 'bob');
  insert into users (id, deleted_at) values ('user_gone', now());
  ${PARTS.map((table) => `insert into ${table} (user_id, id) values ('user_ada', 'part_ada'), ('user_bob', 'part_bob');`).join(' ')}
  insert into organizations (id) values ('org_1'), ('org_left'), ('org_bobs'), ('org_empty');
  insert into organizations (id, deleted_at) values ('org_gone', now());
  insert into organization_memberships (id, organization_id, user_id, role) values
    ('mem_1', 'org_1', 'user_ada', 'r'), ('mem_of_gone_org', 'org_gone', 'user_ada', 'r'), ('mem_nowhere', 'org_absent', 'user_ada', 'r'),
    ('mem_bob', 'org_1', 'user_bob', 'r'), ('mem_bobs', 'org_bobs', 'user_bob', 'r'), ('mem_of_gone_user', 'org_1', 'user_gone', 'r'),
    ('mem_of_nobody', 'org_1', 'user_absent', 'r');
  insert into organization_memberships (id, organization_id, user_id, role, deleted_at) values ('mem_left', 'org_left', 'user_ada', 'r', now());
  insert into organization_invitations (id, organization_id, email, role) values ('inv_1', 'org_1', 'x', 'r');
  insert into organization_domains (id) values ('dom_1');
  insert into roles (id, key, name) values ('role_1', 'r', 'R');
  insert into roles (id, key, name, deleted_at) values ('role_gone', 'r', 'Gone', now()), ('role_other', 'other', 'Other', now());
  insert into permissions (id) values ('perm_1');
  insert into permissions (id, deleted_at) values ('perm_gone', now());
  insert into waitlist_entries (id, email, status) values ('wle_1', 'x', 'pending');
  insert into subscriptions (id, payer_id, user_id, organization_id, status) values
    ('sub_ada', 'p', 'user_ada', null, 'active'), ('sub_bob', 'p', 'user_bob', null, 'active'), ('sub_org', 'p', null, 'org_1', 'active'),
    ('sub_bobs', 'p', null, 'org_bobs', 'active'), ('sub_left', 'p', null, 'org_left', 'active');
  insert into subscription_items (id, payer_id, user_id, organization_id, status, period_end) values
    ('item_ada', 'p', 'user_ada', null, 'active', null), ('item_bob', 'p', 'user_bob', null, 'active', null),
    ('item_ends', 'p', 'user_ada', null, 'canceled', now() + interval '1 day'), ('item_over', 'p', 'user_ada', null, 'canceled', now() - interval '1 hour'),
    ('item_org', 'p', null, 'org_1', 'active', null), ('item_bobs', 'p', null, 'org_bobs', 'active', null),
    ('item_left', 'p', null, 'org_left', 'active', null), ('item_soon', 'p', 'user_ada', null, 'upcoming', now() + interval '1 day');
  insert into subscription_items (id, payer_id, user_id, status, deleted_at) values ('item_gone', 'p', 'user_ada', 'active', now());
  insert into payment_attempts (id, payer_id, user_id, organization_id, status) values
    ('pay_ada', 'p', 'user_ada', null, 'paid'), ('pay_bob', 'p', 'user_bob', null, 'paid'), ('pay_org', 'p', null, 'org_1', 'paid');
  insert into clerk_events values ('msg_1', 't', 'user_ada', now(), now());
  insert into clerk_versions values ('users', 'user_ada', '1', null);
  insert into clerk_dead_letters values ('msg_1', 't', 'user_ada', 'c', '{}', now())`

/** Tables of the library's own: rows of the first two are removed as well, and none of the third. */
const REMOVED_FROM = ['clerk_events', 'clerk_dead_letters']
const OWN_TABLES = [...REMOVED_FROM, 'clerk_versions']

const INDEXED = [
  ['clerk_dead_letters', 'entity_id'],
  ['clerk_events', 'processed_at'],
  ['email_addresses', 'email_address'],
  ['organization_memberships', 'user_id'],
  ['organization_memberships', 'organization_id'],
  ['organization_invitations', 'organization_id'],
  ['organization_domains', 'organization_id'],
  ['roles', 'key'],
  ...['subscriptions', 'subscription_items', 'payment_attempts'].flatMap((table) => [
    [table, 'user_id'],
    [table, 'organization_id'],
  ]),
]

const ids = async ({ as }: Project, role: string, table: string) => {
  const rows = await as(role, `select id from public.${table} order by id`)
  return typeof rows === 'string' ? rows : rows.map(({ id }) => id)
}

const SEEN: Record<string, string[]> = {
  users: ['user_ada'],
  ...Object.fromEntries(PARTS.map((table) => [table, ['part_ada']])),
  organizations: ['org_1', 'org_gone'],
  organization_memberships: ['mem_1', 'mem_left', 'mem_nowhere', 'mem_of_gone_org'],
  live_memberships: ['mem_1'],
  roles: ['role_1'],
  permissions: ['perm_1'],
  subscriptions: ['sub_ada', 'sub_org'],
  subscription_items: ['item_ada', 'item_ends', 'item_gone', 'item_org', 'item_over', 'item_soon'],
  payment_attempts: ['pay_ada'],
  active_plans: ['item_ada', 'item_ends', 'item_org'],
  live_roles: ['mem_1'],
}

export const probesOfPolicies: Record<string, (project: Project) => Promise<void>> = {
  async 'a user reads what is theirs, and anon nothing'(project) {
    await project.sql(ROWS)
    for (const table of TABLES) {
      expect([table, await ids(project, 'authenticated', table)]).toEqual([table, SEEN[table] ?? '42501'])
      expect([table, await ids(project, 'anon', table)]).toEqual([table, '42501'])
    }
    expect(await ids(project, 'service_role', 'live_memberships')).toEqual(['mem_1', 'mem_bob', 'mem_bobs'])
    expect(
      await project.as('service_role', 'select id, name from live_roles where role is not null order by id'),
    ).toEqual(['mem_1', 'mem_bob', 'mem_bobs'].map((id) => ({ id, name: 'R' })))
  },
  async 'a careless grant gives no more than the policies'(project) {
    await project.sql(`${ROWS}; grant all on all tables in schema public to anon, authenticated`)
    for (const table of TABLES) {
      expect([table, await ids(project, 'authenticated', table)]).toEqual([table, SEEN[table] ?? []])
      const written = VIEWS.includes(table)
        ? []
        : await project.as('authenticated', `update ${table} set id = id returning id`)
      expect([table, written]).toEqual([table, []])
    }
    for (const table of [...OWN_TABLES, ...CLOSED]) {
      expect([table, await ids(project, 'anon', table)]).toEqual([table, []])
    }
  },
  async 'a wider policy on memberships opens no other organization'(project) {
    await project.sql(
      `${ROWS}; create policy wider on organization_memberships for select to authenticated using (true)`,
    )
    for (const table of ['organizations', 'subscriptions', 'subscription_items']) {
      expect(await ids(project, 'authenticated', table)).toEqual(SEEN[table])
    }
  },
  async 'each role has the privileges of the file'({ sql }) {
    const found = await sql(
      `select c.relname::text as table, role, string_agg(p, ' ' order by p) as may
       from pg_class c, unnest(array['anon', 'authenticated', 'service_role']) as role,
         unnest(array['select', 'insert', 'update', 'delete']) as p
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') and has_table_privilege(role, c.oid, p)
       group by 1, 2`,
    )
    const service = (table: string) => {
      if (table === 'clerk_dead_letters' || table === 'clerk_versions' || PARTS.includes(table))
        return 'delete insert select update'
      return REMOVED_FROM.includes(table) ? 'delete insert select' : 'insert select update'
    }
    const expected = [
      ...TABLES.map((table) => ({
        table,
        role: 'service_role',
        may: VIEWS.includes(table) ? 'select' : service(table),
      })),
      ...READABLE.map((table) => ({ table, role: 'authenticated', may: 'select' })),
    ]
    const sorted = (rows: unknown[]) => rows.map((each) => JSON.stringify(each)).sort()
    expect(sorted(found)).toEqual(sorted(expected))
    const asOwner = await sql(
      `select relname::text as name from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace
       and not coalesce(reloptions, '{}') @> array['security_invoker=true']`,
    )
    expect(asOwner).toEqual([])
    const policies = await sql(
      "select tablename::text as table, roles::text from pg_policies where schemaname = 'public'",
    )
    for (const { table, roles } of policies) {
      expect([table, roles]).toEqual([table, READABLE.includes(String(table)) ? '{authenticated}' : `{${OPEN_ROLES}}`])
    }
  },
  async 'rows start below every event, and a key is there once'({ sql, as }) {
    for (const table of TABLES.filter((name) => !VIEWS.includes(name))) {
      const columns = await sql(
        `select attname::text as name, attnotnull as required, pg_get_expr(adbin, adrelid) as start from pg_attribute a
         left join pg_attrdef on adrelid = attrelid and adnum = attnum
         where attrelid = to_regclass($1) and attname in ('clerk_version')`,
        `public.${table}`,
      )
      const expected =
        OWN_TABLES.includes(table) || PARTS.includes(table)
          ? []
          : [{ name: 'clerk_version', required: true, start: "'0'::text" }]
      expect([table, columns]).toEqual([table, expected])
      const key = await sql(
        'select 1 from pg_index where indrelid = to_regclass($1) and indisprimary',
        `public.${table}`,
      )
      expect([table, key.length]).toEqual([table, 1])
    }
    const indexed = await sql("select indexdef from pg_indexes where schemaname = 'public'")
    const definitions = indexed.map(
      ({ indexdef }) => /ON public\.(.* USING btree \(\w+\))$/.exec(String(indexdef))?.[1],
    )
    for (const [table, column] of INDEXED) expect(definitions).toContain(`${table} USING btree (${column})`)
    const joins = (id: string, deletedAt: string | null) =>
      as(
        'service_role',
        "insert into organization_memberships (id, organization_id, user_id, role, deleted_at) values ($1, 'org', 'user', 'r', $2) returning id",
        id,
        deletedAt,
      )
    expect(await joins('left', '2026-01-01')).toEqual([{ id: 'left' }])
    expect(await joins('back', null)).toEqual([{ id: 'back' }])
    expect(await joins('twice', null)).toBe('23505')
  },
}
