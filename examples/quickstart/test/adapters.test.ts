// The tables do not depend on the ORM that writes them: an application may change from one to another, step by step.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as clerk from '../src/clerk.ts'
import { MODES } from '../src/settings.ts'
import { adapters, dialects, type EmptyDatabase, emptyDatabase } from './support/databases.ts'
import { endAll, SECRET, type ServerProcess, serve } from './support/process.ts'

// Each starts processes, and a busy machine may take its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const settings = dialects.flatMap((dialect) => MODES.map((mode) => ({ dialect, mode })))

describe.each(settings)(
  'servers with different adapters on one database: $dialect, versions: $mode',
  ({ dialect, mode }) => {
    let database: EmptyDatabase
    let servers: readonly ServerProcess[]
    beforeAll(async () => {
      database = await emptyDatabase(dialect)
      servers = await Promise.all(adapters.map((ADAPTER) => serve({ ADAPTER, MODE: mode, DATABASE_URL: database.url })))
    })
    afterAll(async () => {
      endAll()
      await database.remove()
    })

    /** To every server at once. */
    const deliver = (message: clerk.Message) =>
      Promise.all(servers.map(({ url }) => clerk.deliver(message, `${url}/api/webhooks/clerk`, SECRET)))

    test('one of them stores a message, and all of them see the same rows', async () => {
      const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
      const ada = { id: clerk.newId('user'), firstName: 'Ada', lastName: 'O’King 👩‍🚀', email: 'ada@example.com' }
      const gone = { id: clerk.newId('user'), firstName: 'Grace', email: 'grace@example.com' }
      const organization = { id: clerk.newId('org'), name: 'Analytical Engines', createdBy: ada.id }
      const membership = { id: clerk.newId('orgmem'), organization, person: ada, role: 'org:admin' }

      for (const person of [ada, gone]) {
        const answers = await deliver(clerk.userEvent('user.created', person, at))
        expect(answers.map(({ said }) => said).toSorted()).toEqual([
          'created',
          ...adapters.slice(1).map(() => 'duplicate'),
        ])
      }
      for (const [message, outcome] of [
        [clerk.userEvent('user.updated', { ...ada, lastName: 'King' }, at + 1), 'updated'],
        [clerk.deletedEvent('user.deleted', gone.id, at + 2), 'deleted'],
        [clerk.organizationEvent('organization.created', organization, at), 'created'],
        [clerk.membershipEvent('organizationMembership.created', membership, at), 'created'],
      ] as const) {
        const answers = await deliver(message)
        expect(answers.map(({ said }) => said).toSorted()).toEqual(
          [outcome, ...adapters.slice(1).map(() => 'unchanged')].toSorted(),
        )
      }

      for (const table of ['users', 'organizations', 'memberships', 'tombstones', 'welcomes']) {
        const seen = await Promise.all(servers.map(async ({ url }) => (await fetch(`${url}/api/${table}`)).json()))
        expect(seen[0], table).not.toEqual([])
        for (const rows of seen) expect(rows, table).toEqual(seen[0])
      }
    })
  },
)
