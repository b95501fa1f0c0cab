import type { DatabaseSync } from 'node:sqlite'
import { isComparable, type Linking, snakeCase } from '@clerk-sync/core/adapter'
import { type DatabaseCalls, TABLES } from '../src/index.ts'
import { named } from './third-party-adapter.ts'

type Row = Readonly<Record<string, string | number | null>>

/** What an adapter can get wrong of rows that were there before. */
export type LinkMistake =
  | 'links a row that has another id already'
  | 'takes what a collation calls equal'
  | 'gives a part of a row, so that its own values are overwritten'
  | 'looks at the value alone, and links two rows'
  | 'inserts the row anew, and loses its own key'
  | 'gives the row a version'
  | 'writes the values of others as well'
  | 'takes the row away from the one that the user has'
  | 'says that it linked what it did not'
  | 'never takes an id away'
  | 'takes an id away from whoever has it'
  | 'finds rows that were deleted'
  | 'finds none that have an id'
  | 'finds in the case that it was asked for alone'
  | 'counts rows that have a Clerk id'
  | 'counts rows that were deleted'
  | 'lists rows that have a Clerk id'
  | 'names rows by another column than their key'

/** Linking for SQLite without an ORM. */
export function thirdPartyLinking(db: DatabaseSync, calls: DatabaseCalls, mistake?: LinkMistake): Linking {
  const all = (sql: string, ...values: (string | number | null)[]) =>
    calls.runSync(() => db.prepare(sql).all(...values)) as Row[]
  const run = (sql: string, ...values: (string | number | null)[]) => {
    try {
      calls.runSync(() => db.prepare(sql).run(...values))
    } catch (error) {
      throw named(error)
    }
  }
  const collate = mistake === 'takes what a collation calls equal' ? 'collate nocase' : ''

  return {
    async find({ column, values, ignoreCase }) {
      const own = `cast(${snakeCase(column)} as text)`
      const isLowered = ignoreCase && mistake !== 'finds in the case that it was asked for alone'
      const list = values.map(() => '?').join(', ')
      const rows = all(
        `select ${own} as clerk_text, * from "ownKeyUsers"
         where ${isLowered ? `lower(${own})` : own} ${collate} in (${list})
           ${mistake === 'finds rows that were deleted' ? '' : 'and deleted_at is null'}
           ${mistake === 'finds none that have an id' ? 'and clerk_id is null' : ''}`,
        ...values,
      )
      return rows.map(({ clerk_text: text, ...row }) => {
        const found = values.find((value) => value.toLowerCase() === String(text).toLowerCase())
        return {
          value: collate && found !== undefined ? found : String(text),
          key: row.clerk_id === null ? null : String(row.clerk_id),
          row: seenOf(row, column),
        }
      })
    },

    async set({ column, seen, to }) {
      const conditions: [string, string | number | null][] = [
        [`cast(${snakeCase(column)} as text) ${collate} = ?`, seen.value],
      ]
      if (
        mistake !== 'links a row that has another id already' &&
        !(to === null && mistake === 'takes an id away from whoever has it')
      )
        conditions.unshift(['clerk_id is ?', seen.key])
      if (mistake !== 'looks at the value alone, and links two rows')
        for (const [name, value] of Object.entries(seen.row).filter(
          ([name]) => name !== 'clerkId' && name !== column,
        )) {
          const own = snakeCase(name)
          if (isComparable(value)) conditions.push([`${own} = ?`, Number(value)])
          else conditions.push([`(${own} is null) = ?`, Number(value === null)])
        }
      const where = conditions.map(([condition]) => condition).join(' and ')
      const values = conditions.map(([, value]) => value)
      if (to === null && mistake === 'never takes an id away') return true
      if (mistake === 'takes the row away from the one that the user has')
        run('update "ownKeyUsers" set clerk_id = null where clerk_id = ?', to)
      if (mistake === 'inserts the row anew, and loses its own key') {
        const [{ id = null, ...row } = {}] = all(`select * from "ownKeyUsers" where ${where}`, ...values)
        run('delete from "ownKeyUsers" where id = ?', id)
        const anew = { ...row, clerk_id: to }
        if (id !== null)
          run(
            `insert into "ownKeyUsers" (${Object.keys(anew)}) values (${Object.keys(anew).map(() => '?')})`,
            ...Object.values(anew),
          )
        return id !== null
      }
      const more =
        mistake === 'gives the row a version'
          ? `, clerk_version = '9'`
          : mistake === 'writes the values of others as well'
            ? ', first_name = null'
            : ''
      run(`update "ownKeyUsers" set clerk_id = ?${more} where ${where}`, to, ...values)
      if (to === null || mistake === 'says that it linked what it did not') return true
      const own = `cast(${snakeCase(column)} as text) = ?`
      return all(`select id from "ownKeyUsers" where clerk_id = ? and ${own}`, to, seen.value).length > 0
    },

    async countUnlinked(_, { most = -1 } = {}) {
      const live = mistake === 'counts rows that were deleted' ? '' : 'and deleted_at is null'
      const waits = mistake === 'counts rows that have a Clerk id' ? '1' : 'clerk_id is null'
      return all(`select id from "ownKeyUsers" where ${waits} ${live} limit ?`, most).length
    },

    async listUnlinked({ column, limit }) {
      const waits = mistake === 'lists rows that have a Clerk id' ? '1' : 'clerk_id is null'
      const key = mistake === 'names rows by another column than their key' ? 'email' : 'id'
      const rows = all(
        `select ${key} as own, cast(${snakeCase(column)} as text) as clerk_value from "ownKeyUsers"
         where ${waits} and deleted_at is null order by id limit ?`,
        limit,
      )
      return rows.map(({ own, clerk_value: value }) => ({
        primaryKey: { id: String(own) },
        value: value === null || value === undefined ? null : String(value),
      }))
    },
  }

  /** As the application knows it. */
  function seenOf(row: Row, column: string): object {
    const entries = Object.entries(row).map(([name, value]) => [camel(name), value])
    if (mistake !== 'gives a part of a row, so that its own values are overwritten') return Object.fromEntries(entries)
    return Object.fromEntries(entries.filter(([name]) => [column, 'clerkId', 'score'].includes(String(name))))
  }
}

const NAMES = new Map(Object.keys(TABLES.ownKeyUsers.columns).map((name) => [snakeCase(name), name]))

function camel(name: string): string {
  return NAMES.get(name) ?? name
}
