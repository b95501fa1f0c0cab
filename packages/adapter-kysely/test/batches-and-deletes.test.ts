// A tombstone that keeps its values is above every snapshot, and yet takes one that is newer than its row.
import { type Delete, discoveredDelete, isKept } from '@clerk-sync/core/adapter'
import { sqliteTables } from '@clerk-sync/test-support/kit-tables'
import Database from 'better-sqlite3'
import { SqliteDialect } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'
import { intercepted } from './kit/intercepted.ts'

const START = 1_700_000_000_000
const at = (second: number) => `${START + second * 1_000}`
const snapshot = (key: string, second: number) =>
  ({
    kind: 'upsert',
    entity: 'user',
    key,
    version: `${at(second)}${at(second)}1000001`,
    values: { email: `${key}-${second}@example.com` },
  }) as const

type Versions = 'row' | 'beside'
const common = { mode: 'keep', entity: 'user', key: 'user_1', values: {} } as const
const time = Number(at(5))
const DELETES: Readonly<Record<string, (versions: Versions) => Delete>> = {
  event: () => ({
    kind: 'delete',
    ...common,
    version: `9999999999999${time}2000001`,
    deletedAt: new Date(time),
  }),
  read: (versions) => discoveredDelete({ ...common, seen: snapshot('user_1', 1).version, at: time, versions }),
}

for (const versions of ['row', 'beside'] as const) {
  it.for(Object.entries(DELETES))(
    `versions ${versions}: a user is deleted by an %s after a batch has looked, and keeps the newest snapshot`,
    async ([, deleted]) => {
      const { file, query } = await sqliteTables(onTestFinished, versions)
      const connect = () => {
        const database = new Database(file)
        onTestFinished(() => {
          database.close()
        })
        return new SqliteDialect({ database })
      }
      const other = adapterOf(open(connect()), 'plain', { versions })
      let isNext = false
      const adapter = adapterOf(
        open(
          intercepted(connect(), async (sql, send) => {
            const writes = /^(begin|insert)/i.test(sql)
            if (isNext && writes) {
              isNext = false
              expect(await other.softDelete(deleted(versions))).toBe('deleted')
            }
            return send()
          }),
        ),
        'plain',
        { versions },
      )
      for (const key of ['user_1', 'user_2']) await other.upsert(snapshot(key, 1))
      isNext = true
      const written = await adapter.writeMany(['user_1', 'user_2'].map((key) => snapshot(key, 2)))
      expect(isNext).toBe(false)
      expect(written.map(({ outcome }) => outcome)).toEqual(['already_deleted', 'updated'])
      expect(await query('select id, email from users order by id')).toEqual([
        { id: 'user_1', email: 'user_1-2@example.com' },
        { id: 'user_2', email: 'user_2-2@example.com' },
      ])
      const found = await other.find('user', 'user_1')
      expect(found?.deleted).toBe(true)
      if (versions === 'beside') expect(isKept(String(found?.version))).toBe(true)
    },
  )
}
