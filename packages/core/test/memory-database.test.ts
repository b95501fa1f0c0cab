// The database that tests of applications run on: it refuses what a real one refuses, and keeps what it keeps.
import { describe, expect, test } from 'vitest'
import { MemoryDatabase, type MemoryTransaction } from '../src/memory/memory-adapter.ts'

const open = () =>
  new MemoryDatabase({
    users: { email: { unique: true }, plan: { default: 'free' }, name: { required: true, default: 'nobody' } },
    kept: { userId: { references: { table: 'users', onDelete: 'restrict' } } },
    held: { userId: { references: { table: 'users', onDelete: 'no action' } } },
    gone: { userId: { references: { table: 'users', onDelete: 'cascade' } } },
    left: { userId: { references: { table: 'users', onDelete: 'set null' } } },
    below: { goneId: { references: { table: 'gone', onDelete: 'cascade' } } },
  })
const code = (of: string) => expect.objectContaining({ code: of })

describe('a row', () => {
  test('has its defaults, and NULL elsewhere; what is undefined is not written', async () => {
    const database = open()
    await database.transaction((tx) => {
      tx.insert('users', { id: 'user_1', name: undefined })
      tx.insert('users', { id: 'user_2', plan: 'pro', name: 'Ada', email: 'a@x.org' })
      tx.update('users', 'user_2', { plan: undefined, name: 'Eve' })
      tx.update('users', 'user_3', { name: 'none' })
    })
    expect(database.rows('users')).toEqual([
      { id: 'user_1', email: null, plan: 'free', name: 'nobody' },
      { id: 'user_2', email: 'a@x.org', plan: 'pro', name: 'Eve' },
    ])
    expect(database.rows('users', ({ plan }) => plan === 'pro')).toHaveLength(1)
    expect(database.rows('nothing')).toEqual([])
  })

  test('without an id gets one; a table that is not declared takes any', async () => {
    const database = open()
    await database.transaction((tx) => {
      tx.insert('notes', { text: 'a' })
      tx.insert('notes', { text: 'b' })
      expect([tx.declares('notes'), tx.declares('users'), tx.declares('toString')]).toEqual([false, true, false])
      expect([tx.columns('notes'), Object.keys(tx.columns('kept'))]).toEqual([{}, ['userId']])
    })
    const ids = database.rows('notes').map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
  })

  test.each<[what: string, run: (tx: MemoryTransaction) => void, refused: string]>([
    ['whose id is taken', (tx) => tx.insert('users', { id: 'user_1' }), 'SQLITE_CONSTRAINT_PRIMARYKEY'],
    ['with a column that is none', (tx) => tx.insert('users', { id: 'user_2', age: 5 }), 'SQLITE_ERROR'],
    ['without what is required', (tx) => tx.update('users', 'user_1', { name: null }), 'SQLITE_CONSTRAINT_NOTNULL'],
    [
      'with a unique value of another',
      (tx) => tx.insert('users', { id: 'user_2', email: 'a@x.org' }),
      'SQLITE_CONSTRAINT_UNIQUE',
    ],
    ['that refers to none', (tx) => tx.insert('left', { userId: 'user_9' }), 'SQLITE_CONSTRAINT_FOREIGNKEY'],
  ])('%s is refused, and with it all of its transaction', async (_, run, refused) => {
    const database = open()
    await database.transaction((tx) => tx.insert('users', { id: 'user_1', email: 'a@x.org' }))
    const both = database.transaction((tx) => {
      tx.insert('users', { id: 'user_before' })
      run(tx)
    })
    await expect(both).rejects.toEqual(code(refused))
    expect(database.rows('users').map(({ id }) => id)).toEqual(['user_1'])
    // The next transaction does not wait for it.
    await database.transaction((tx) => tx.update('users', 'user_1', { email: 'a@x.org', plan: 'pro' }))
    expect(database.rows('users')).toMatchObject([{ plan: 'pro' }])
  })

  test('with NULL is no second one of a unique value, nor a reference', async () => {
    const database = open()
    await database.transaction((tx) => {
      tx.insert('users', { email: null })
      tx.insert('users', { email: null })
      tx.insert('left', { userId: null })
    })
    expect(database.rows('users')).toHaveLength(2)
  })
})

describe('what refers to a row that is deleted', () => {
  async function removed(table: string) {
    const database = open()
    const removing = database.transaction((tx) => {
      for (const id of ['user_1', 'user_2']) {
        tx.insert('users', { id })
        tx.insert(table, { id: `${table}_${id}`, userId: id })
        if (table === 'gone') tx.insert('below', { id: `below_${id}`, goneId: `gone_${id}` })
      }
      tx.delete('users', 'user_1')
    })
    return { database, removing }
  }

  test('goes too, with what refers to that', async () => {
    const { database, removing } = await removed('gone')
    await removing
    const ids = ['users', 'gone', 'below'].flatMap((table) => database.rows(table).map(({ id }) => id))
    expect(ids).toEqual(['user_2', 'gone_user_2', 'below_user_2'])
  })

  test('stays without it', async () => {
    const { database, removing } = await removed('left')
    await removing
    expect(database.rows('left').map(({ userId }) => userId)).toEqual([null, 'user_2'])
  })

  test.each(['kept', 'held'])('keeps it: %s', async (table) => {
    const { removing } = await removed(table)
    await expect(removing).rejects.toEqual(code('SQLITE_CONSTRAINT_FOREIGNKEY'))
  })

  test('does nothing where the row is not there', async () => {
    const database = open()
    await database.transaction((tx) => tx.delete('users', 'user_1'))
    expect(database.rows('users')).toEqual([])
  })
})

describe('a transaction', () => {
  test('sees what it has written, and nobody else does before it commits', async () => {
    const database = open()
    await database.transaction((tx) => tx.insert('users', { id: 'user_1' }))
    await database.transaction((tx) => {
      tx.update('users', 'user_1', { plan: 'pro' })
      tx.insert('users', { id: 'user_2' })
      expect(tx.rows('users').map(({ plan }) => plan)).toEqual(['pro', 'free'])
      expect(tx.get('users', 'user_1')).toMatchObject({ plan: 'pro' })
      tx.delete('users', 'user_2')
      expect(tx.get('users', 'user_2')).toBeUndefined()
      expect(database.rows('users')).toMatchObject([{ plan: 'free' }])
    })
    expect(database.rows('users')).toMatchObject([{ id: 'user_1', plan: 'pro' }])
  })

  test('waits for the one before it, and refuses whoever goes on after its end', async () => {
    const database = open()
    let late: MemoryTransaction | undefined
    const seen: string[] = []
    const first = database.transaction(async (tx) => {
      late = tx
      await new Promise((resolve) => setImmediate(resolve))
      seen.push('first')
    })
    const second = database.transaction(() => void seen.push('second'))
    await Promise.all([first, second])
    expect(seen).toEqual(['first', 'second'])
    expect(() => late?.insert('users', {})).toThrow(code('SQLITE_MISUSE'))
  })

  test('gives copies: what a caller does to them changes no row', async () => {
    const database = open()
    const tags = ['a']
    await database.transaction((tx) => tx.insert('notes', { id: '1', tags }))
    tags.push('b')
    const read = database.rows('notes')[0]?.tags
    if (!Array.isArray(read)) throw new Error('It was inserted.')
    read.push('c')
    expect(database.rows('notes')).toEqual([{ id: '1', tags: ['a'] }])
  })
})
