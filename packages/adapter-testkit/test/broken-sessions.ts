import { MemoryTransaction } from '@clerk-sync/core/memory'
import type { Broken } from './broken-adapter.ts'
import { type Parts, statements } from './memory-harness.ts'

type Once = Parts['adapter']['once']

/** Adapters that do not know when a transaction has ended under its hook, or that a session never commits. */
export const brokenSessions: Readonly<Record<string, Broken>> = {
  "a hook's own commit": {
    fails: 'statements of hooks > a hook that sends commit',
    symptom: /sent commit and failed, and something stayed: effects/,
    replace: losing((text) => ({ isOver: text === 'commit' })),
  },
  "a hook's own rollback": {
    fails: 'statements of hooks > a hook that sends rollback',
    symptom: /sent rollback and failed, and something stayed: effects/,
    replace: losing((text) => ({ isOver: text === 'rollback', isRolledBack: true })),
  },
  'a begin that commits': {
    fails: 'statements of hooks > a hook that sends begin',
    symptom: /sent begin and failed, and something stayed: effects/,
    replace: losing((text) => ({ isOver: text === 'begin' })),
  },
  'a deadlock that rolls back, and that a hook may catch': {
    fails: 'statements of hooks > a hook that catches a deadlock',
    symptom: /the ledger lacks messages|caught a deadlock/,
    replace: losing((text) => ({ isOver: text.startsWith('update'), isRolledBack: true })),
  },
  'sessions that never commit': {
    fails: 'statements of hooks > on sessions without autocommit',
    symptom: /without autocommit, what was created is stored/,
    replace: ({ adapter, autocommit }) => (autocommit ? adapter : { ...adapter, upsert: async () => 'created' }),
  },
}

/** After a statement that ends the transaction, what a hook writes is committed by itself. */
function losing(
  endOf: (text: string) => { readonly isOver: boolean; readonly isRolledBack?: boolean },
): (parts: Parts) => Parts['adapter'] {
  return ({ adapter, database }) => {
    const once: Once = (event, change, hook, options) =>
      adapter.once(
        event,
        change,
        (tx, outcome, before) => {
          const alone = new MemoryTransaction({}, new Map())
          const handle: MemoryTransaction = Object.create(tx)
          let isOver = false
          statements.set(handle, (text) => {
            const end = endOf(text)
            isOver ||= end.isOver
            if (end.isOver && end.isRolledBack) tx.drafts.clear()
          })
          handle.insert = (...row) => (isOver ? alone : tx).insert(...row)
          const commitAlone = () => {
            if (!isOver) return
            const rows = [...alone.drafts].flatMap(([table, drafts]) =>
              [...drafts.values()].flatMap((row) => (row ? [[table, row] as const] : [])),
            )
            // Not awaited: the database runs one transaction at a time, and this is it.
            const work = database.transaction((own) => {
              for (const [table, row] of rows) own.insert(table, row)
            })
            work.catch(() => {})
          }
          return Promise.resolve(hook(handle, outcome, before)).finally(commitAlone)
        },
        options,
      )
    return { ...adapter, once }
  }
}
