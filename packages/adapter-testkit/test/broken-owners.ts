import { type Change, tableNameOf } from '@clerk-sync/core/adapter'
import type { MemoryTransaction } from '@clerk-sync/core/memory'
import type { Broken } from './broken-adapter.ts'
import { besideAs, goodSteps } from './broken-beside.ts'

/** The columns of a change that refer to a removed row, and what is wrong to do about it. */
export function linksOf(tx: MemoryTransaction, { entity, values }: Change) {
  return Object.entries(tx.columns(tableNameOf(entity))).flatMap(([name, { required = false, references }]) => {
    const id = values[name]
    if (!references || typeof id !== 'string' || tx.get(references.table, id)) return []
    if (!tx.get('versions', `${references.table} ${id}`)) return []
    return [{ name, goes: references.onDelete === 'cascade' || required }]
  })
}

/** What the column takes, whatever the foreign key does. */
function nulled(tx: MemoryTransaction, change: Change): Change {
  const links = linksOf(tx, change).filter(({ name }) => !tx.columns(tableNameOf(change.entity))[name]?.required)
  return { ...change, values: { ...change.values, ...Object.fromEntries(links.map(({ name }) => [name, null])) } }
}

function write(tx: MemoryTransaction, change: Change) {
  const outcome = goodSteps.held(tx, change)
  if (outcome) return outcome
  goodSteps.raise(tx, change)
  return goodSteps.settle(tx, change)
}

/** The version and a tombstone, and no row. */
export function bury(tx: MemoryTransaction, { entity, key, version }: Change) {
  return write(tx, { kind: 'delete', mode: 'remove', entity, key, version, deletedAt: new Date(0), values: {} })
}

/** The tempting ways to treat what refers to a removed row, each of them wrong. */
export const brokenOwners: Readonly<Record<string, Broken>> = {
  'references that are waited for though what they refer to was removed': {
    fails: 'foreign keys > on delete cascade, NOT NULL',
    symptom: /refused for ever: organizationMembership/,
    replace: besideAs(write),
  },
  'a required reference that is waited for, and one that takes NULL set to it': {
    fails: 'foreign keys > on delete restrict, NOT NULL',
    symptom: /refused for ever: organizationMembership/,
    replace: besideAs((tx, change) => write(tx, nulled(tx, change))),
  },
  'a reference set to NULL whose foreign key cascades': {
    fails: 'foreign keys > on delete cascade, NULL',
    symptom: /what refers to a removed user depends on the order/,
    replace: besideAs((tx, change) => {
      const rest = nulled(tx, change)
      return linksOf(tx, rest).length > 0 ? bury(tx, change) : write(tx, rest)
    }),
  },
  'a row that is left out where its reference could be NULL': {
    fails: 'foreign keys > on delete set null, NULL',
    symptom: /what refers to a removed user depends on the order/,
    replace: besideAs((tx, change) => (linksOf(tx, change).length > 0 ? bury(tx, change) : write(tx, change))),
  },
  'owner_deleted without a tombstone': {
    fails: 'foreign keys > on delete cascade, NULL',
    symptom: /what refers to a removed user depends on the order/,
    replace: besideAs((tx, change) => {
      const links = linksOf(tx, change)
      if (!links.some(({ goes }) => goes)) return write(tx, nulled(tx, change))
      const held = goodSteps.held(tx, change)
      if (held) return held
      tx.delete(tableNameOf(change.entity), change.key)
      return 'owner_deleted'
    }),
  },
}
