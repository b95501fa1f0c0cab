import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it, onTestFinished } from 'vitest'
import { sqlTables, testAdapter } from '../src/index.ts'
import { Collector, type Failed } from './collector.ts'
import { type Mistake, thirdPartyAdapter } from './third-party-adapter.ts'

/** Adapters that are right as long as the application has no triggers. */
const mistakes: Readonly<Record<Mistake, { readonly fails: string; readonly symptom: RegExp }>> = {
  'trusts its writes': { fails: 'that a trigger ', symptom: /a write that a trigger dropped passed for success/ },
  'trusts what its writes return': {
    fails: 'that a trigger takes back',
    symptom: /a row that a trigger took back passed for success/,
  },
  'trusts its claims': {
    fails: 'that a trigger keeps from the ledger',
    symptom: /a message that the ledger did not take passed for processed/,
  },
  'rewrites rows that are newer': {
    fails: 'on a table with an update trigger: outcomes',
    symptom: /a late event ran the triggers of the application/,
  },
}

/** What fails where the adapter makes this mistake: in a database of its own, since memory has no triggers. */
async function failuresOf(mistake?: Mistake): Promise<Failed[]> {
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
  const { create, read, insert, triggers } = sqlTables('sqlite', async (sql, values) =>
    raw.prepare(sql).all(...(values as string[])),
  )
  await create()
  const runner = new Collector()
  testAdapter({
    name: 'third-party',
    runner,
    capabilities: { transactions: 'synchronous', parallel: false, datePrecisionMs: 1, isolationLevels: [] },
    adapter: (shape, { calls }) => thirdPartyAdapter(connect(), shape, calls, mistake),
    read,
    insert,
    triggers,
    effect: (tx, { userId, eventId }) => tx.prepare('insert into welcomes values (?, ?)').run(userId, eventId),
    failingStatement: (tx) => tx.exec('select * from no_such_table'),
  })
  return runner.failures((title) => title.startsWith('third-party > triggers'))
}

it('The suite finds nothing wrong with a good adapter where there are triggers', async () => {
  expect(await failuresOf()).toEqual([])
})

for (const [mistake, { fails, symptom }] of Object.entries(mistakes)) {
  it(`The suite fails an adapter that ${mistake}, and names the symptom`, async () => {
    const failures = await failuresOf(mistake as Mistake)
    const titles = failures.map(({ title }) => title)
    expect(titles).not.toEqual([])
    for (const title of titles) expect(title).toContain(fails)
    expect(failures.map(({ message }) => message).join('\n')).toMatch(symptom)
  })
}
