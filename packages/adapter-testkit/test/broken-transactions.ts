import { type Change, tableNameOf, withRetries } from '@clerk-sync/core/adapter'
import { MemoryTransaction } from '@clerk-sync/core/memory'
import { type Broken, write } from './broken-adapter.ts'
import type { Parts } from './memory-harness.ts'

type Adapter = Parts['adapter']
type Once = Adapter['once']

/** Adapters whose idempotency is wrong. */
export const brokenTransactions: Readonly<Record<string, Broken>> = {
  'claim outside the transaction': {
    fails: 'hooks > a hook that throws',
    symptom: /something of its transaction stayed: ledger|hook did not run again/,
    replace: withOnce(({ database, call }) => async (event, change, hook) => {
      const claimed = await database.transaction((tx) => claim(tx, event))
      if (!claimed) return 'duplicate'
      return database.transaction(async (tx) => {
        const outcome = change ? write(tx, change) : 'unchanged'
        await hook(tx, outcome, undefined)
        return outcome
      }, call)
    }),
  },
  'statement outside the transaction': {
    fails: 'hooks > a hook that throws',
    symptom: /its row stayed|its write stayed/,
    replace: withOnce(({ adapter, database, call }) => async (event, change, hook) => {
      const outcome = change ? await writeAlone(adapter, change) : 'unchanged'
      return database.transaction(async (tx) => {
        if (!claim(tx, event)) return 'duplicate'
        await hook(tx, outcome, undefined)
        return outcome
      }, call)
    }),
  },
  'hook outside the transaction': {
    fails: 'hooks > a hook that throws',
    symptom: /something of its transaction stayed: effects/,
    replace: withOnce(
      ({ adapter, database }) =>
        (event, change, hook) =>
          adapter.once(event, change, (_tx, outcome) => {
            // A second connection, which commits by itself.
            const own = new MemoryTransaction({}, new Map())
            return Promise.resolve(hook(own, outcome, undefined)).finally(() => commitBeside(database, own))
          }),
    ),
  },
  'a hook whose late writes commit by themselves': {
    fails: 'work that a hook leaves running',
    symptom: /what a failed hook left running was written/,
    replace: withOnce(({ adapter, database }) => (event, change, hook) => {
      let isOver = false
      return adapter.once(event, change, async (tx, outcome) => {
        const insert: MemoryTransaction['insert'] = (table, row) => {
          if (!isOver) return tx.insert(table, row)
          database.transaction((own) => own.insert(table, row)).catch(() => undefined)
        }
        try {
          return await hook(Object.create(tx, { insert: { value: insert } }), outcome, undefined)
        } finally {
          isOver = true
        }
      })
    }),
  },
  'listeners that stay on the signal': {
    fails: 'work that a hook leaves running > a write that has its answer',
    symptom: /listeners that three writes left/,
    replace: ({ adapter }) => ({
      ...adapter,
      upsert: (change, options) => {
        options?.signal?.addEventListener('abort', () => {}, { once: true })
        return adapter.upsert(change, options)
      },
    }),
  },
  'the hook skipped when the row did not change': {
    fails: 'hooks > a hook is given the outcome',
    symptom: /hook did not run for every message/,
    replace: withOnce(
      ({ adapter }) =>
        (event, change, hook) =>
          adapter.once(event, change, (tx, outcome) =>
            outcome === 'stale' ? undefined : hook(tx, outcome, undefined),
          ),
    ),
  },
  'a duplicate runs the hook': {
    fails: 'hooks > a message that was processed',
    symptom: /outcomes of a message delivered three times|hook ran again/,
    replace: withOnce(
      ({ database, call }) =>
        (event, change, hook) =>
          withRetries(() =>
            database.transaction(async (tx) => {
              claim(tx, event)
              const outcome = change ? write(tx, change) : 'unchanged'
              await hook(tx, outcome, undefined)
              return outcome
            }, call),
          ),
    ),
  },
  'a duplicate that does not wait for the first': {
    fails: 'races > a duplicate while the first is in flight',
    symptom: /answered while the first delivery could still fail/,
    replace: withOnce(({ adapter, database }) => {
      const claimed = claimedIn(database)
      return async (event, change, hook) => {
        if (claimed.has(event.id)) return 'duplicate'
        claimed.add(event.id)
        try {
          return await adapter.once(event, change, hook)
        } catch (error) {
          claimed.delete(event.id)
          throw error
        }
      }
    }),
  },
  'an answer before the commit': {
    fails: 'failing database calls',
    symptom: /acknowledged, and it is not in the database/,
    replace: withOnce(({ adapter }) => (event, change, hook) => {
      return new Promise((resolve, reject) => {
        adapter
          .once(event, change, async (tx, outcome) => {
            await hook(tx, outcome, undefined)
            resolve(outcome)
          })
          .then(resolve, reject)
      })
    }),
  },
  'a row before that is read outside the transaction': {
    fails: 'races > 20 racing writers whose hooks ask',
    symptom: /a row that it did not replace|did not get the newer row/,
    replace: withOnce(({ adapter }) => async (event, change, hook) => {
      const found = change && (await adapter.find(change.entity, change.key))
      await new Promise(setImmediate)
      return adapter.once(event, change, (tx, outcome) => hook(tx, outcome, found?.row))
    }),
  },
  'a row before that is read after the write': {
    fails: 'hooks > a hook that asks for it',
    symptom: /did not get the row as it was before/,
    replace: withOnce(
      ({ adapter }) =>
        (event, change, hook) =>
          adapter.once(event, change, (tx, outcome) =>
            hook(tx, outcome, change && tx.get(tableNameOf(change.entity), change.key)),
          ),
    ),
  },
  'a doomed transaction that passes for success': {
    fails: 'hooks > a hook that catches the failure',
    symptom: /a doomed transaction passed for success/,
    replace: withOnce(({ database, call }) => (event, change, hook) => {
      let answer: Awaited<ReturnType<Once>> = 'unchanged'
      const run = () =>
        database.transaction(async (tx) => {
          if (!claim(tx, event)) return 'duplicate' as const
          answer = change ? await call(async () => write(tx, change)) : 'unchanged'
          const doomed = doomedOnFailure(tx)
          await hook(tx, answer, undefined)
          if (doomed()) throw new Doomed()
          return answer
        }, call)
      return withRetries(run).catch((error) => {
        if (error instanceof Doomed) return answer
        throw error
      })
    }),
  },
  'other deliveries ride in an open transaction': {
    fails: 'races > a slow hook',
    symptom: /went down with another's transaction/,
    replace: ({ adapter, database }) => {
      const open = openIn(database)
      return {
        ...adapter,
        upsert: (change) =>
          open.tx
            ? Promise.resolve(write(open.tx, change) as Awaited<ReturnType<Adapter['upsert']>>)
            : adapter.upsert(change),
        once: (event, change, hook) =>
          adapter.once(event, change, async (tx, outcome) => {
            open.tx = tx
            try {
              return await hook(tx, outcome, undefined)
            } finally {
              open.tx = undefined
            }
          }),
      }
    },
  },
  'a deadlock that is not tried again': {
    fails: 'failing database calls',
    symptom: /met a deadlock was not run again/,
    replace: withOnce(
      ({ database, call }) =>
        (event, change, hook) =>
          database.transaction(async (tx) => {
            if (!(await call(async () => claim(tx, event)))) return 'duplicate'
            const outcome = change ? write(tx, change) : 'unchanged'
            await hook(tx, outcome, undefined)
            return outcome
          }, call),
    ),
  },
  'a ledger that confuses upper and lower case': {
    fails: 'ledger > messages whose ids differ only in case',
    symptom: /confuses ids that differ only in case/,
    replace: withOnce(({ adapter, database }) => async (event, change, hook) => {
      const taken = database
        .rows('events')
        .some(({ id }) => id !== event.id && String(id).toLowerCase() === event.id.toLowerCase())
      return taken ? 'duplicate' : adapter.once(event, change, hook)
    }),
  },
}

function withOnce(once: (parts: Parts) => Once): (parts: Parts) => Adapter {
  return (parts) => ({ ...parts.adapter, once: once(parts) })
}

function claim(tx: MemoryTransaction, event: { readonly id: string }): boolean {
  if (tx.get('events', event.id)) return false
  tx.insert('events', { ...event, processedAt: new Date() })
  return true
}

function writeAlone(adapter: Adapter, change: Change) {
  return change.kind === 'upsert' ? adapter.upsert(change) : adapter.softDelete(change)
}

const claims = new WeakMap<object, Set<string>>()
function claimedIn(database: object): Set<string> {
  const claimed = claims.get(database) ?? new Set()
  claims.set(database, claimed)
  return claimed
}

const openTransactions = new WeakMap<object, { tx: MemoryTransaction | undefined }>()
function openIn(database: object): { tx: MemoryTransaction | undefined } {
  const open = openTransactions.get(database) ?? { tx: undefined }
  openTransactions.set(database, open)
  return open
}

class Doomed extends Error {}

/** As PostgreSQL does: after a statement that failed, the transaction can only roll back. */
function doomedOnFailure(tx: MemoryTransaction): () => boolean {
  let doomed = false
  const insert = tx.insert.bind(tx)
  tx.insert = (...given) => {
    try {
      insert(...given)
    } catch (error) {
      doomed = true
      throw error
    }
  }
  return () => doomed
}

/** Not awaited: the database runs one transaction at a time, and this is it. */
function commitBeside(database: Parts['database'], own: MemoryTransaction): void {
  const work = database.transaction((tx) => {
    for (const [table, rows] of own.drafts) for (const row of rows.values()) if (row) tx.insert(table, row)
  })
  work.catch(() => undefined)
}
