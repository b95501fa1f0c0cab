import { deletedMapOf } from '../../entities/deleted-map-of.ts'
import type { Fault } from '../../port/database-fault.ts'
import type { CheckOptions, Problem, Values } from '../../port/sync-adapter.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Letters } from '../letters.ts'
import { unquoted } from '../names.ts'
import type { Program } from '../program.ts'
import {
  type BesideTable,
  isBeside,
  isInRow,
  type KeyedTable,
  type LedgerTable,
  type PartTable,
  type SyncedTable,
  type VersionsTable,
} from '../table.ts'
import type { Catalog } from './catalogs/catalog.ts'
import { checkCollations, checkLedger, checkTable } from './check.ts'
import { checkLetters, parkedLetters } from './check-letters.ts'
import { checkLinked } from './check-linked.ts'
import { checkOwnDeletes } from './check-own-deletes.ts'
import { checkParts } from './check-parts.ts'
import { checkRules } from './check-rules.ts'
import { comparedTombstones, quotedLike, refusedByCheck, writtenByDelete } from './check-tombstones.ts'
import { checkBeside, checkVersions } from './check-versions.ts'
import type { CheckFacts, TableFacts } from './table-facts.ts'
import { mentionedIn, tryCheck } from './try-check.ts'
import { tryPolicies } from './try-policies.ts'

/** What a database is checked with. */
export interface CheckParts {
  readonly dialect: Dialect
  readonly catalog: Catalog
  readonly tables: readonly (SyncedTable | BesideTable)[]
  readonly partTables: readonly PartTable[]
  readonly versions?: VersionsTable | undefined
  readonly ledger: LedgerTable | undefined
  readonly letters: Letters | undefined
  readonly faultOf: (error: unknown) => Fault | undefined
}

/** All that the database says about the tables, compared with what the writes rely on. */
export function* checkDatabase(parts: CheckParts, options: CheckOptions): Program<readonly Problem[]> {
  const { dialect, catalog, tables, partTables, versions, ledger, letters } = parts
  const problems: Problem[] = catalog.settings ? [...(yield* catalog.settings())] : []
  const found: [KeyedTable, TableFacts][] = []
  for (const table of tables) {
    const mapped = options.mapped?.[table.entity]
    const tombstones = options.tombstones?.[table.entity]
    const stored = yield* catalog.facts(table.quoted)
    const facts = isBeside(table) ? stored : yield* tryPolicies(parts, table, stored, tombstones?.written)
    found.push([table, facts])
    const samples = options.samples?.[table.entity]
    problems.push(...checkTable(table, facts, { mapped, samples, padsChars: catalog.padsChars }))
    if (facts.columns.size === 0 || facts.otherKind) continue
    problems.push(...checkEngine(table.name, facts), ...checkLinked(table, facts, options.linkedBy?.[table.entity]))
    if (isBeside(table)) problems.push(...checkBeside(table, facts))
    else if (tombstones?.mode === 'erase') problems.push(...(yield* checkOwnDeletes(table, facts)))
    if (tombstones) problems.push(...comparedTombstones(dialect, table, facts, tombstones))
    problems.push(...unfilledColumns(table, facts, mapped))
    problems.push(...(yield* checkConstraints(parts, table, facts, tombstones?.written, mapped)))
  }
  problems.push(...checkCollations(found))
  for (const table of partTables) {
    const facts = yield* catalog.facts(table.quoted)
    problems.push(
      ...checkParts(table, facts, options.mappedParts?.[table.part], catalog.padsChars),
      ...checkEngine(table.name, facts),
    )
  }
  if (versions) {
    const facts = yield* catalog.facts(versions.quoted)
    problems.push(...checkVersions(versions, facts, tables.some(isBeside)), ...checkEngine(versions.name, facts))
    problems.push(...checkRules(versions.name, facts))
  }
  if (ledger) {
    const facts = yield* catalog.facts(ledger.quoted)
    problems.push(...checkLedger(ledger, facts), ...checkEngine(ledger.name, facts))
  }
  if (letters) {
    const facts = yield* catalog.facts(letters.table.quoted)
    const unfit = [...checkLetters(letters.table, facts), ...checkEngine(letters.table.name, facts)]
    problems.push(...unfit)
    // Without the table, or the right to read it, the question would fail, and hide all that was found.
    if (!unfit.some(({ severity }) => severity === 'error')) {
      problems.push(...parkedLetters(letters.table, yield* letters.count(new Date(0))))
    }
  }
  return problems
}

function checkEngine(table: string, { engineWithoutTransactions: engine }: TableFacts): Problem[] {
  if (engine === undefined) return []
  const message =
    `${table} has the engine ${engine}, which has no transactions: what a failed hook wrote would stay, and a crash could ` +
    `lose what was acknowledged. Run: alter table ${table} engine = InnoDB.`
  return [{ severity: 'error', table, message }]
}

/** CHECK constraints: those that a delete breaks, and those that Clerk's values may. */
function* checkConstraints(
  parts: CheckParts,
  synced: KeyedTable,
  { checks, columns }: TableFacts,
  written: Values | undefined,
  mapped: readonly string[] = Object.keys(synced.columns),
): Program<Problem[]> {
  const problems: Problem[] = []
  const names = new Set(mapped.map((property) => unquoted(synced.column(property))))
  const quoted = (column: string) => quotedLike(synced, column)
  for (const check of checks) {
    const given = written && writtenByDelete(synced, written)
    const trial = given && (yield* tryCheck(parts, check, { columns, quoted, given }))
    const concerned = mentionedIn(check.expression, columns).filter((column) => names.has(column))
    if (written && trial?.is === 'refuses') problems.push(refusedByCheck(synced, check.name, written))
    else if (trial?.is === 'untried') problems.push(untried(synced, check, trial.cause))
    else if (concerned.length > 0) problems.push(mayForbid(synced, check, concerned))
  }
  return problems
}

export function mayForbid(
  { name: table, entity }: KeyedTable,
  { name }: Pick<CheckFacts, 'name'>,
  columns: readonly string[],
): Problem {
  const message =
    `${table}: the constraint ${name} holds for ${columns.join(', ')}, which the library fills: a value that it forbids ` +
    'is answered 503 value_refused for as long as Clerk has it. Drop the constraint, or return from ' +
    `map.${entity} what it takes.`
  return { severity: 'warning', table, column: columns.join(', '), message }
}

function untried({ name: table, entity }: KeyedTable, { name }: CheckFacts, cause: unknown): Problem {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message =
    `${table}: whether the constraint ${name} forbids what a delete writes could not be tried, since the database does ` +
    `not evaluate it outside the table (${reason}). See that it takes what map.${deletedMapOf(entity)} returns.`
  return { severity: 'warning', table, message }
}

/** What an insert must give, and neither a map nor the database nor the ORM does. */
function unfilledColumns(
  synced: KeyedTable,
  { columns }: TableFacts,
  mapped: readonly string[] = Object.keys(synced.columns),
): Problem[] {
  const syncColumns = isInRow(synced) ? [synced.clerkVersion, synced.deletedAt] : []
  const written = [synced.key, ...syncColumns, ...mapped, ...Object.keys(synced.computed)]
  const names = new Set(written.map((property) => unquoted(synced.column(property))))
  return [...columns].flatMap(([column, { notNull, filledBy, generatedAs }]): Problem[] => {
    if (!notNull || filledBy || generatedAs !== undefined || names.has(column)) return []
    const message =
      `${synced.name}.${column} is NOT NULL, has no default, and nothing fills it: every delivery for a new row is ` +
      `answered 503 value_refused. Give it a default, or return it from map.${synced.entity}.`
    return [{ severity: 'error', table: synced.name, column, message }]
  })
}
