// What the drivers answer to a statement, each in its own form.
import { expect, it } from 'vitest'
import { mysqlResult, postgresResult, sqliteResult } from '../src/driver-result.ts'
import { provenCommit } from '../src/proven-commit.ts'

const rows = [{ a: 1 }]
const counted = (list: object[], count: number | null) => Object.assign([...list], { count })

it.for<[driver: string, read: typeof postgresResult, result: unknown, expected: object]>([
  ['node-postgres', postgresResult, { rows, rowCount: 1 }, { rows, affected: 1 }],
  ['node-postgres, without rows', postgresResult, { rows: [], rowCount: 3 }, { rows: [], affected: 3 }],
  ['node-postgres, of what counts none', postgresResult, { rows: [], rowCount: null }, { rows: [], affected: 0 }],
  ['PGlite', postgresResult, { rows, affectedRows: 2 }, { rows, affected: 2 }],
  ['postgres.js', postgresResult, counted(rows, 4), { rows: expect.objectContaining(rows), affected: 4 }],
  ['postgres.js, of what counts none', postgresResult, counted([], null), { rows: expect.anything(), affected: 0 }],
  ['nothing', postgresResult, undefined, { rows: [], affected: 0 }],
  ['mysql2, of a write', mysqlResult, [{ affectedRows: 2 }, undefined], { rows: [], affected: 2 }],
  ['mysql2, of a read', mysqlResult, [rows, []], { rows, affected: 0 }],
  ['mysql2, of what counts none', mysqlResult, [{}, undefined], { rows: [], affected: 0 }],
  ['PlanetScale', mysqlResult, { rows, rowsAffected: 2 }, { rows, affected: 2 }],
  ['mysql2, of a header alone', mysqlResult, { affectedRows: 2 }, { rows: [], affected: 2 }],
  ['a read of SQLite', sqliteResult, rows, { rows, affected: 0 }],
  ['better-sqlite3', sqliteResult, { changes: 2 }, { rows: [], affected: 2 }],
  ['libsql', sqliteResult, { rowsAffected: 3 }, { rows: [], affected: 3 }],
  ['D1', sqliteResult, { meta: { changes: 4 } }, { rows: [], affected: 4 }],
  ['SQLite, of what counts none', sqliteResult, {}, { rows: [], affected: 0 }],
])('%s', ([, read, result, expected]) => {
  expect(read(result)).toEqual(expected)
})

it.for([{ command: 'ROLLBACK' }, {}, 'COMMIT', undefined, null])(
  'a commit that is answered with %o is none',
  (answer) => {
    expect(() => provenCommit(answer)).toThrow(expect.objectContaining({ code: 'store_failed' }))
  },
)

it('a commit that is answered with COMMIT is one', () => {
  expect(() => provenCommit({ command: 'COMMIT' })).not.toThrow()
})
