import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { tableNameOf } from '@clerk-sync/core/adapter'
import { expect, it, onTestFinished } from 'vitest'
import { sqlTables, testAdapter } from '../src/index.ts'
import { Collector, type Failed } from './collector.ts'
import { memoryHarness, type Parts } from './memory-harness.ts'
import { thirdPartyAdapter } from './third-party-adapter.ts'
import { type LinkMistake, thirdPartyLinking } from './third-party-linking.ts'

/** What must be said of each. */
const mistakes: Readonly<Record<LinkMistake, RegExp>> = {
  'links a row that has another id already': /how many of two were given one row/,
  'takes what a collation calls equal': /a row was linked by a value that is not its own/,
  'gives a part of a row, so that its own values are overwritten': /the row of a user who was linked/,
  'looks at the value alone, and links two rows': /which of two rows|unique_conflict/,
  'inserts the row anew, and loses its own key': /the row of a user who was linked/,
  'gives the row a version': /a row that was linked and not written/,
  'writes the values of others as well': /what a link wrote/,
  'takes the row away from the one that the user has': /a second row was given to a user/,
  'says that it linked what it did not': /whether a row was linked that has by now/,
  'never takes an id away': /a row whose id was taken away/,
  'takes an id away from whoever has it': /an id was taken away that was not seen/,
  'finds rows that were deleted': /how many rows were found that the application has deleted/,
  'finds none that have an id': /the Clerk ids of the rows that were found/,
  'finds in the case that it was asked for alone': /the outcome for a user whose row was there/,
  'counts rows that have a Clerk id': /how many rows have no Clerk id once/,
  'counts rows that were deleted': /how many rows have no Clerk id once a deleted one is inserted/,
  'lists rows that have a Clerk id': /how often a row is listed as one without a Clerk id that is linked/,
  'names rows by another column than their key': /the own key of a row without a Clerk id/,
}

const isOfLinking = (title: string) => / > linking > /.test(title)

/** What fails where the adapter makes this mistake: in a database of its own, since rows have no key of their own in memory. */
async function failuresOf(mistake?: LinkMistake): Promise<Failed[]> {
  const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-testkit-'))
  const connections: DatabaseSync[] = []
  onTestFinished(() => {
    for (const connection of connections) connection.close()
    rmSync(folder, { recursive: true })
  })
  const connect = () => {
    const connection = new DatabaseSync(join(folder, 'test.db'), { timeout: 5_000 })
    connection.exec('pragma journal_mode = wal; pragma synchronous = off')
    connections.push(connection)
    return connection
  }
  const raw = connect()
  const { create, read, insert, triggers, linking } = sqlTables('sqlite', async (sql, values) =>
    raw.prepare(sql).all(...(values as string[])),
  )
  await create()
  const runner = new Collector()
  testAdapter({
    name: 'third-party',
    runner,
    capabilities: { transactions: 'synchronous', parallel: false, datePrecisionMs: 1, isolationLevels: [] },
    adapter(shape, { calls }) {
      const connection = connect()
      return { ...thirdPartyAdapter(connection, shape, calls), linking: thirdPartyLinking(connection, calls, mistake) }
    },
    read,
    insert,
    triggers,
    linking,
    effect: (tx, { userId, eventId }) => tx.prepare('insert into welcomes values (?, ?)').run(userId, eventId),
    failingStatement: (tx) => tx.exec('select * from no_such_table'),
  })
  return runner.failures(isOfLinking)
}

it('The suite finds nothing wrong with an adapter that links as it should', async () => {
  expect(await failuresOf()).toEqual([])
})

for (const [mistake, symptom] of Object.entries(mistakes)) {
  it(`The suite fails an adapter that ${mistake}, and names the symptom`, async () => {
    const messages = (await failuresOf(mistake as LinkMistake)).map(({ message }) => message)
    expect(messages.join('\n')).toMatch(symptom)
  })
}

it('The suite fails an adapter that gives a row to a user who was removed, with versions beside', async () => {
  const runner = new Collector()
  const replace = ({ adapter, database }: Parts): Parts['adapter'] => ({
    ...adapter,
    linking: {
      find: async (search) => (await adapter.linking?.find(search)) ?? [],
      set: async ({ entity, seen, to }) =>
        database.transaction((tx) => {
          const { id, ...row } = { ...seen.row, id: String(Reflect.get(seen.row, 'id')) }
          tx.delete(tableNameOf(entity), id)
          tx.insert(tableNameOf(entity), { ...row, id: to ?? id })
          return true
        }),
    },
  })
  testAdapter(memoryHarness({ runner, versions: 'beside', replace }), { schedules: 0 })
  const failures = await runner.failures(isOfLinking)
  expect(failures.map(({ message }) => message).join('\n')).toMatch(/a row was given to a user who was deleted/)
})

it('The suite fails an adapter whose harness does not say that it links, and one that links nothing where it says so', async () => {
  const failuresOf = async (
    change: Partial<ReturnType<typeof memoryHarness>>,
    replace?: (parts: Parts) => Parts['adapter'],
  ) => {
    const runner = new Collector()
    const harness = memoryHarness({ runner, ...(replace && { replace }) })
    testAdapter({ ...harness, ...change } as typeof harness, { schedules: 0 })
    const failures = await runner.failures((title) => / > (?:linking|description) > /.test(title))
    return failures.map(({ message }) => message).join('\n')
  }
  expect(await failuresOf({ linking: undefined } as object)).toMatch(/whether the adapter links rows/)
  const without = ({ adapter: { linking: _, ...adapter } }: Parts): Parts['adapter'] => adapter
  expect(await failuresOf({}, without)).toMatch(/the harness has linking, and the adapter has none/)
  const uncounted = ({ adapter }: Parts): Parts['adapter'] => {
    const { countUnlinked: _, ...linking } = adapter.linking ?? {}
    return { ...adapter, linking: linking as NonNullable<typeof adapter.linking> }
  }
  expect(await failuresOf({}, uncounted)).toMatch(/does not count those without a Clerk id/)
})
