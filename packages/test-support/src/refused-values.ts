import { type ClerkSync, ClerkSyncError } from '@clerk-sync/core'
import { describe, expect, it } from 'vitest'
import { userEvent, withEmail } from './events.ts'

export type RefusingDialect = 'postgres' | 'mysql' | 'sqlite'

/** A database with an empty table `users` that has an `email` of the type asked for. */
export interface RefusingStore {
  /** Past the adapter. */
  query(sql: string): Promise<unknown>
  readonly clerkSync: Pick<ClerkSync, 'apply'>
}

interface Rule {
  readonly what: string
  /** What stands behind the column's name. */
  readonly column: string
  /** What is to be there before the table, and what after it. */
  readonly before?: string
  readonly after?: string
  /** What the error names. */
  readonly named: RegExp
}

const ADDRESS = 'ada@example.com'

const PLPGSQL = `create function check_email() returns trigger language plpgsql as $$ begin
  if new.email like '%@example.com' then raise exception 'no % here', new.email; end if; return new; end $$`

const RULES: Readonly<Record<RefusingDialect, readonly Rule[]>> = {
  postgres: [
    { what: 'is too long', column: 'varchar(5)', named: /a value is too long for character varying\(5\)/ },
    {
      what: 'is not in the enum',
      before: "create type mood as enum ('sad')",
      column: 'mood',
      named: /is not what mood takes/,
    },
    { what: 'is of another type', column: 'uuid', named: /is not what uuid takes/ },
    {
      what: 'fails a CHECK',
      column: "text constraint own_domain check (email like '%@clerk.test')",
      named: /own_domain/,
    },
    {
      what: 'makes a trigger raise an error',
      before: PLPGSQL,
      column: 'text',
      after: 'create trigger t before insert on users for each row execute function check_email()',
      named: /a trigger|check_email/,
    },
  ],
  mysql: [
    { what: 'is too long', column: 'varchar(5)', named: /a value is too long for email\b/ },
    { what: 'is not in the enum', column: "enum('sad')", named: /a value is not what email takes/ },
    { what: 'is of another type', column: 'integer', named: /is not what \S*email takes/ },
    {
      what: 'fails a CHECK',
      column: "varchar(255), constraint own_domain check (email like '%@clerk.test')",
      named: /own_domain/,
    },
    {
      what: 'makes a trigger raise an error',
      column: 'varchar(255)',
      after: `create trigger t before insert on users for each row begin
        declare words varchar(255) default concat('no ', new.email);
        if new.email like '%@example.com' then signal sqlstate '45000' set message_text = words; end if; end`,
      named: /a trigger raised an error/,
    },
    {
      what: 'makes a trigger raise an error with a number of its own',
      column: 'varchar(255)',
      after: `create trigger t before insert on users for each row begin
        signal sqlstate '45000' set mysql_errno = 30001, message_text = 'no'; end`,
      named: /a trigger raised an error/,
    },
  ],
  sqlite: [
    {
      what: 'fails a CHECK',
      column: "text constraint own_domain check (email like '%@clerk.test')",
      named: /own_domain/,
    },
    {
      what: 'makes a trigger raise an error',
      column: 'text',
      after: `create trigger t before insert on users when new.email like '%@example.com'
        begin select raise(abort, 'no ada@example.com here'); end`,
      named: /a trigger raised an error/,
    },
  ],
}

/** What a table refuses and no retry makes fit is `value_refused`; what may pass, or is no value's fault, is not. */
export function testRefusedValues(
  stores: readonly (readonly [
    name: string,
    dialect: RefusingDialect,
    open: (column: string, query?: string) => Promise<RefusingStore>,
  ])[],
): void {
  describe.for(stores)('A value that the table refuses, on %s', ([, dialect, open]) => {
    it.for(RULES[dialect])('$what: value_refused, with the rule named and never the value', async (rule) => {
      const { query, clerkSync } = await open(rule.column, rule.before)
      if (rule.after) await query(rule.after)
      const refusal = await refusalOf(clerkSync)
      expect(refusal).toMatchObject({ code: 'value_refused', status: 503 })
      expect(refusal.message).toMatch(rule.named)
      expect(refusal.message).not.toContain(ADDRESS)
    })

    it('a missing table is store_failed', async () => {
      const { query, clerkSync } = await open(dialect === 'mysql' ? 'varchar(255)' : 'text')
      await query('drop table users')
      expect(await refusalOf(clerkSync)).toMatchObject({ code: 'store_failed', status: 503 })
    })
  })
}

async function refusalOf(clerkSync: Pick<ClerkSync, 'apply'>): Promise<ClerkSyncError> {
  const event = userEvent('user.created', 'user_1', 1_760_000_000_000, withEmail(ADDRESS))
  const refusal: unknown = await clerkSync.apply(event).catch((error: unknown) => error)
  if (ClerkSyncError.is(refusal)) return refusal
  throw refusal
}
