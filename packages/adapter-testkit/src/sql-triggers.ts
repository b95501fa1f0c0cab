import type { DialectName } from '@clerk-sync/core/sql'
import type { RawRow } from './harness.ts'
import { TABLES, type TableName } from './tables.ts'
import type { RemoveTriggers, Triggers } from './trigger-harness.ts'

/** Runs a statement on the raw connection and gives its rows. */
export type RawQuery = (sql: string, values: readonly unknown[]) => Promise<readonly RawRow[]>

/** How a table and its columns are called in the database. */
export interface SqlNames {
  table(name: TableName): string
  column(property: string): string
  /** Where the versions of its rows are. */
  readonly versions?: 'row' | 'beside'
}

interface Trigger {
  readonly create: readonly string[]
  readonly remove: readonly string[]
}

/** The kit's triggers in an SQL database. There is one of a kind at a time. */
export function sqlTriggers(dialect: DialectName, names: SqlNames, query: RawQuery): Triggers {
  const install = async ({ create, remove }: Trigger): Promise<RemoveTriggers> => {
    for (const statement of create) await query(statement, [])
    return async () => {
      for (const statement of remove) await query(statement, [])
    }
  }
  const { touch, drop, takeBack } = spellings[dialect]
  const isBeside = names.versions === 'beside'
  const hasVersions = (table: TableName) => table === 'events' || (!isBeside && 'entity' in TABLES[table])
  const dropping = (table: TableName) => (hasVersions(table) ? drop : dropBeside[dialect])
  return {
    touch: (table) => install(touch(table, names)),
    drop: (table, key) => install(dropping(table)(table, key, names)),
    takeBack: (table, key) => install((takeBack ?? dropping(table))(table, key, names)),
    dropsRemovals: isBeside && dialect !== 'mysql',
  }
}

interface Spelling {
  touch(table: TableName, names: SqlNames): Trigger
  drop(table: TableName, key: string, names: SqlNames): Trigger
  /** Left out where a trigger cannot delete from its own table. */
  takeBack?(table: TableName, key: string, names: SqlNames): Trigger
}

const spellings: Readonly<Record<DialectName, Spelling>> = {
  postgres: {
    touch: (table, { table: named }) => ({
      create: [
        'create function kit_touch() returns trigger language plpgsql as $$ begin new.score := old.score + 1; return new; end $$',
        `create trigger kit_touch before update on ${named(table)} for each row execute function kit_touch()`,
      ],
      remove: ['drop function kit_touch() cascade'],
    }),
    drop: (table, key, { table: named, column }) => ({
      create: [
        'create function kit_drop() returns trigger language plpgsql as $$ begin return null; end $$',
        `create trigger kit_drop before insert or update on ${named(table)} for each row
         when (new.${column(TABLES[table].key)} = '${key}') execute function kit_drop()`,
      ],
      remove: ['drop function kit_drop() cascade'],
    }),
    takeBack(table, key, { table: named, column }) {
      const id = column(TABLES[table].key)
      return {
        create: [
          `create function kit_take_back() returns trigger language plpgsql as $$
           begin delete from ${named(table)} where ${id} = new.${id}; return null; end $$`,
          `create trigger kit_take_back after insert or update on ${named(table)} for each row
           when (new.${id} = '${key}') execute function kit_take_back()`,
        ],
        remove: ['drop function kit_take_back() cascade'],
      }
    },
  },
  sqlite: {
    touch(table, { table: named, column }) {
      const id = column(TABLES[table].key)
      const touch = `update ${named(table)} set score = old.score + 1 where ${id} = new.${id}`
      return {
        create: [`create trigger kit_touch after update on ${named(table)} begin ${touch}; end`],
        remove: ['drop trigger kit_touch'],
      }
    },
    drop: (table, key, { table: named, column }) => ({
      create: ['insert', 'update'].map(
        (kind) => `create trigger kit_drop_${kind} before ${kind} on ${named(table)}
         when new.${column(TABLES[table].key)} = '${key}' begin select raise(ignore); end`,
      ),
      remove: ['drop trigger kit_drop_insert', 'drop trigger kit_drop_update'],
    }),
    takeBack(table, key, { table: named, column }) {
      const id = column(TABLES[table].key)
      return {
        create: [
          `create trigger kit_take_back after insert on ${named(table)} when new.${id} = '${key}'
           begin delete from ${named(table)} where ${id} = new.${id}; end`,
        ],
        remove: ['drop trigger kit_take_back'],
      }
    },
  },
  mysql: {
    touch: (table, { table: named }) => ({
      create: [`create trigger kit_touch before update on ${named(table)} for each row set new.score = old.score + 1`],
      remove: ['drop trigger kit_touch'],
    }),
    // No trigger can drop a write there, but it can put back what was, or spoil what is new.
    drop(table, key, { table: named, column }) {
      const { key: keyed, columns } = TABLES[table]
      const id = column(keyed)
      const others = Object.keys(columns).filter((property) => property !== keyed && property !== 'id')
      const putBack = others.map((property) => `new.${column(property)} = old.${column(property)}`)
      const spoil =
        table === 'events'
          ? `new.${id} = 'lost'`
          : `new.${column('clerkVersion')} = '0', new.${column('deletedAt')} = null`
      const isNew = `new.${id} = '${key}' and not exists (select 1 from ${named(table)} where ${id} = '${key}')`
      return {
        create: [
          `create trigger kit_drop_insert before insert on ${named(table)} for each row
           begin if ${isNew} then set ${spoil}; end if; end`,
          `create trigger kit_drop_update before update on ${named(table)} for each row
           begin if new.${id} = '${key}' then set ${putBack.join(', ')}; end if; end`,
        ],
        remove: ['drop trigger kit_drop_insert', 'drop trigger kit_drop_update'],
      }
    },
  },
}

/** The same of tables whose versions are beside them. */
const dropBeside: Readonly<Record<DialectName, Spelling['drop']>> = {
  postgres: (table, key, names) => {
    const { table: named, column } = names
    const { create, remove } = spellings.postgres.drop(table, key, names)
    const keep = `create trigger kit_keep before delete on ${named(table)} for each row
      when (old.${column(TABLES[table].key)} = '${key}') execute function kit_drop()`
    return { create: [...create, keep], remove }
  },
  sqlite: (table, key, names) => {
    const { table: named, column } = names
    const { create, remove } = spellings.sqlite.drop(table, key, names)
    const keep = `create trigger kit_keep before delete on ${named(table)}
      when old.${column(TABLES[table].key)} = '${key}' begin select raise(ignore); end`
    return { create: [...create, keep], remove: [...remove, 'drop trigger kit_keep'] }
  },
  // No trigger can drop a write there, nor keep a row: it can give it another key.
  mysql: (table, key, { table: named, column }) => {
    const id = column(TABLES[table].key)
    return {
      create: ['insert', 'update'].map(
        (kind) => `create trigger kit_drop_${kind} before ${kind} on ${named(table)} for each row
          begin if new.${id} = '${key}' then set new.${id} = 'lost'; end if; end`,
      ),
      remove: ['drop trigger kit_drop_insert', 'drop trigger kit_drop_update'],
    }
  },
}
