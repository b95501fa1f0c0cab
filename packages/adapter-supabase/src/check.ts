import type { Problem } from '@clerk-sync/core'
import { type CheckOptions, LONGEST_WAIT_MS, NO_VERSION } from '@clerk-sync/core/adapter'
import {
  isBeside,
  LEDGER_COLUMNS,
  LETTER_COLUMNS,
  type LedgerTable,
  type LettersTable,
  loadChecks,
  type PartTable,
  postgres,
  type Row,
  type SqlTable,
  type TableFacts,
  unquoted,
  VERSION_COLUMNS,
  type VersionsTable,
} from '@clerk-sync/core/sql'
import { areTexts, isCount } from './answers.ts'
import type { Call, Client } from './client.ts'
import { selectSome } from './select.ts'
import { areFacts, type StoredFacts, versionProblems } from './stored-facts.ts'
import type { Table } from './synced-table.ts'
import { tableFacts, withDefaults } from './table-facts.ts'
import { type Needs, openTo, unwritable } from './unwritable.ts'

interface CheckedTables {
  readonly tables: readonly Table[]
  readonly partTables: readonly PartTable[]
  readonly versions: VersionsTable | undefined
  readonly ledger: LedgerTable | undefined
  readonly letters: LettersTable | undefined
}

/** Looks at all the tables in one call, and tries what a delete writes in one for each. */
export async function checkDatabase(
  { client, call }: { readonly client: Client; readonly call: Call },
  { tables, partTables, versions, ledger, letters }: CheckedTables,
  {
    tombstones = {},
    mapped: maps = {},
    mappedParts = {},
    samples: given = {},
    linkedBy = {},
    signal = AbortSignal.timeout(LONGEST_WAIT_MS),
  }: CheckOptions,
): Promise<readonly Problem[]> {
  const rules = await loadChecks()
  const ownTables = [versions, ledger, letters].filter((table) => table !== undefined)
  const names = [...tables, ...partTables, ...ownTables].map(({ name }) => name)
  const stored = await call('clerk_sync_facts', { names }, (data) => areFacts(data, names))
  const problems: Problem[] = [...versionProblems(stored)]
  for (const table of tables) {
    const found = stored[table.name]
    if (found?.ordinary === false) {
      problems.push(notOrdinary(table.name))
      continue
    }
    const facts = tableFacts(found)
    const ofDeletes = tombstones[table.entity]
    const mapped = maps[table.entity] ?? Object.keys(table.columns)
    const samples = given[table.entity]
    problems.push(...rules.checkTable(table, facts, { mapped, samples, padsChars: true, sentAsJson: true }))
    if (found) {
      const { key, properties: insert } = table
      const update = insert.filter((column) => column !== key)
      // An older row goes with what it refers to, as it would have by the foreign key.
      const goesWithOwner = tables.some((owner) => isBeside(owner) && found.refersTo?.includes(owner.name))
      const needs = { insert, update, remove: isBeside(table) || goesWithOwner }
      problems.push(...unfilledColumns(table, found, mapped), ...unwritable(table.name, found, needs))
    }
    if (facts.columns.size === 0) continue
    problems.push(...rules.checkLinked(table, facts, linkedBy[table.entity]))
    if (isBeside(table)) problems.push(...rules.checkBeside(table, facts))
    else if (
      ofDeletes?.mode === 'erase' &&
      !problems.some((problem) => problem.table === table.name && problem.severity === 'error')
    ) {
      const { clerkVersion, deletedAt } = table
      const rows = await selectSome(client, table.name, `${clerkVersion},${deletedAt}`, signal)
      const isOwn = (row: Row) => row[deletedAt] !== null && row[clerkVersion] === NO_VERSION
      if (rows.some(isOwn)) problems.push(rules.ownDeletes(table.name, deletedAt))
    }
    let refusing: readonly string[] = []
    if (ofDeletes) {
      problems.push(...rules.comparedTombstones(postgres, table, withDefaults(facts, found), ofDeletes))
      const row = Object.fromEntries(
        rules.tombstoneRow(table, facts, ofDeletes.written).map(([column, value]) => [unquoted(column), value]),
      )
      refusing = await call('clerk_sync_refusing', { name: table.name, row_values: row }, areTexts)
      problems.push(...refusing.map((name) => rules.refusedByCheck(table, name, ofDeletes.written)))
    }
    for (const { name, columns } of found?.checks ?? []) {
      const concerned = columns.filter((column) => mapped.includes(column))
      if (concerned.length > 0 && !refusing.includes(name)) problems.push(rules.mayForbid(table, { name }, concerned))
    }
  }
  for (const table of partTables) {
    const found = stored[table.name]
    if (found?.ordinary === false) {
      problems.push(notOrdinary(table.name))
      continue
    }
    const mapped = mappedParts[table.part] ?? Object.keys(table.columns)
    problems.push(...rules.checkParts(table, withDefaults(tableFacts(found), found), mapped, true))
    const insert = [table.owner, table.key, ...mapped]
    if (found) problems.push(...unwritable(table.name, found, { insert, update: [table.key, ...mapped], remove: true }))
  }
  const checkOwn = (
    table: SqlTable,
    properties: readonly string[],
    unfit: (facts: TableFacts) => Problem[],
    needs: Omit<Needs, 'insert'> = { remove: true },
  ) => {
    const found = stored[table.name]
    if (found?.ordinary === false) return [notOrdinary(table.name)]
    const insert = properties.map((property) => unquoted(table.column(property)))
    return [...unfit(tableFacts(found)), ...(found ? unwritable(table.name, found, { insert, ...needs }) : [])]
  }
  if (versions) {
    const unfit = (facts: TableFacts) => rules.checkVersions(versions, facts, tables.some(isBeside))
    // `prune` deletes from it.
    problems.push(...checkOwn(versions, VERSION_COLUMNS, unfit, { update: ['version', 'deleted_at'], remove: true }))
    problems.push(...openTo('versions', versions.name, stored[versions.name]))
  }
  if (ledger) {
    problems.push(...checkOwn(ledger, LEDGER_COLUMNS, (facts) => rules.checkLedger(ledger, facts)))
    problems.push(...openTo('events', ledger.name, stored[ledger.name]))
  }
  if (!letters) return problems
  problems.push(...openTo('deadLetters', letters.name, stored[letters.name]))
  const unfit = checkOwn(letters, LETTER_COLUMNS, (facts) => rules.checkLetters(letters, facts), {
    update: ['code', 'payload'],
    remove: true,
  })
  if (unfit.some(({ severity }) => severity === 'error')) return [...problems, ...unfit]
  const count = await call('clerk_sync_count_letters', { letters: letters.name }, isCount)
  return [...problems, ...unfit, ...rules.parkedLetters(letters, count)]
}

/** What the types refuse where they are up to date: a column that an insert must give, and that is not listed. */
function unfilledColumns(table: Table, stored: StoredFacts, mapped: readonly string[]): Problem[] {
  const syncColumns = isBeside(table) ? [] : [table.clerkVersion, table.deletedAt]
  const written = new Set([table.key, ...syncColumns, ...mapped])
  return Object.entries(stored.columns).flatMap(([column, { notNull, filled }]): Problem[] => {
    if (!notNull || filled || written.has(column)) return []
    const advice = table.properties.includes(column) ? `return it from map.${table.entity}` : 'list it in columns'
    const message = `${table.name}.${column} is NOT NULL, has no default, and nothing fills it: ${advice}, or give it a default.`
    return [{ severity: 'error', table: table.name, column, message }]
  })
}

function notOrdinary(table: string): Problem {
  const message = `${table} is a view, a foreign or a partitioned table, which take no guarded write: name the table behind it.`
  return { severity: 'error', table, message }
}
