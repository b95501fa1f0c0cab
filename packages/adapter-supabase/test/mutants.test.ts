import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, expect, it } from 'vitest'
import { freshProject, SQL_FILES, type SqlFile } from './kit/database.ts'
import { ACCEPTED } from './mutants/accepted.ts'
import { type Project, projectOn } from './mutants/database.ts'
import { type Mutant, mutantsOf } from './mutants/mutations.ts'
import { probesOfCatalog } from './mutants/probes-of-catalog.ts'
import { probesOfKeeping } from './mutants/probes-of-keeping.ts'
import { probesOfLetters } from './mutants/probes-of-letters.ts'
import { probesOfLinking } from './mutants/probes-of-linking.ts'
import { probesOfOwners } from './mutants/probes-of-owners.ts'
import { probesOfParts } from './mutants/probes-of-parts.ts'
import { probesOfPolicies } from './mutants/probes-of-policies.ts'
import { probesOfPruning } from './mutants/probes-of-pruning.ts'
import { probesOfReplacing } from './mutants/probes-of-replacing.ts'
import { probesOfVersions } from './mutants/probes-of-versions.ts'
import { probesOfWrites } from './mutants/probes-of-writes.ts'

// Each line of the shipped SQL is broken in small ways, and each time one of the probes must notice, which all pass on the
// files as they are. Everything happens in transactions that are rolled back.
const read = (file: SqlFile) => readFile(new URL(`../sql/${file}.sql`, import.meta.url), 'utf8')
const shipped = Object.fromEntries(
  await Promise.all(SQL_FILES.map(async (file) => [file, await read(file)])),
) as Record<SqlFile, string>
const PROBES = {
  functions: {
    ...probesOfCatalog,
    ...probesOfWrites,
    ...probesOfVersions,
    ...probesOfKeeping,
    ...probesOfReplacing,
    ...probesOfParts,
    ...probesOfOwners,
    ...probesOfLetters,
    ...probesOfLinking,
    ...probesOfPruning,
  },
  tables: { ...probesOfPolicies, ...probesOfWrites, ...probesOfLetters },
  parts: probesOfPolicies,
  organizations: probesOfPolicies,
  plans: probesOfPolicies,
  versions: { ...probesOfPolicies, ...probesOfVersions },
}

interface Database {
  readonly client: pg.Client
  readonly project: Project
}

async function open(...migration: readonly string[]): Promise<Database> {
  const client = new pg.Client(await freshProject(`supabase_mutants_${migration.length}`))
  await client.connect()
  afterAll(() => client.end())
  // A fault may have made a statement that does not end.
  await client.query("set statement_timeout = '10s'")
  for (const statement of [BEFORE, ...migration]) await client.query(statement)
  return { client, project: projectOn(client, { role: 'authenticated', sub: 'user_ada' }) }
}

/** Projects differ in what new tables grant to service_role: the files may not rely on it. Version 1 had no path, version 2 no letters, and
 * version 6 no parts. */
const BEFORE = `
  alter default privileges in schema public revoke all on tables from service_role;
  alter default privileges in schema public revoke all on functions from service_role;
  create function public.clerk_sync_write(change jsonb) returns text language sql as $$ select 'old' $$;
  create function public.clerk_sync_write_many(changes jsonb) returns jsonb language sql as $$ select null::jsonb $$;
  create function public.clerk_sync_write_once(ledger text, message text, change jsonb default null) returns text language sql as $$ select 'old' $$;
  create function public.clerk_sync_mark(ledger text, event jsonb) returns boolean language sql as $$ select true $$;
  create function public.clerk_sync_prune(ledger text, before timestamptz) returns bigint language sql as $$ select 1::bigint $$;
  create function public.clerk_sync_facts(names text[]) returns jsonb language sql as $$ select null::jsonb $$;
  create function public.clerk_sync_refusing(name text, row_values jsonb) returns text[] language sql as $$ select null::text[] $$;
  create function public.clerk_sync_mark(ledger text, event jsonb, path text default '') returns boolean language sql as $$ select true $$;
  create function public.clerk_sync_write(change jsonb, path text default '') returns text language sql as $$ select 'old' $$;
  create function public.clerk_sync_write_many(changes jsonb, path text default '') returns jsonb language sql as $$ select null::jsonb $$;
  create function public.clerk_sync_write_once(ledger text, message text, change jsonb default null, path text default '') returns text language sql as $$ select 'old' $$;
  create function public.clerk_sync_replace(change jsonb, path text default '') returns jsonb language sql as $$ select null::jsonb $$;
  create function public.clerk_sync_prune_tombstones(which jsonb, keys text[], before timestamptz, path text default '') returns bigint language sql as $$ select 1::bigint $$;
  create function public.clerk_sync_source(target regclass) returns text language sql as $$ select 'old' $$`

/** The tables of the probes are as those of most projects. */
const AFTER = 'alter default privileges in schema public grant all on tables to service_role'

const migrationOf = (files: Record<SqlFile, string>) => [
  ...SQL_FILES.map((file) => files[file].replace(/^notify .*$/m, '')),
  AFTER,
]

const empty = await open()
const migrated = await open(...migrationOf(shipped))

/** Minutes on a machine of its own, and three times as many beside other suites. */
const LIMIT_MS = 1_800_000

type Probe = readonly [name: string, probe: (on: Project) => Promise<void>]

/** Where a probe fails, and how; undefined where all pass. */
async function noticed({ client, project }: Database, statements: readonly string[], probes: readonly Probe[]) {
  await client.query('begin')
  try {
    for (const statement of statements) await client.query(statement)
    for (const [name, probe] of probes) {
      await client.query('savepoint probe')
      try {
        await probe(project)
      } catch (error) {
        return { name, error }
      }
      await client.query('rollback to savepoint probe')
    }
    return undefined
  } catch (error) {
    return { name: 'the migration', error }
  } finally {
    await client.query('rollback')
  }
}

it.for(SQL_FILES)('the probes pass on the shipped files: %s', async (file) => {
  const failed = await noticed(empty, migrationOf(shipped), Object.entries(PROBES[file]))
  if (failed) throw failed.error
})

it.for(SQL_FILES)('a fault in %s.sql is noticed', { timeout: LIMIT_MS }, async (file) => {
  const survivors: string[] = []
  let probes: readonly Probe[] = Object.entries(PROBES[file])
  for (const { name, sql, replacing } of mutantsOf(file, shipped[file])) {
    const failed =
      replacing === undefined
        ? await noticed(empty, migrationOf({ ...shipped, [file]: sql }), probes)
        : await noticed(migrated, [replacing], probes)
    if (!failed) survivors.push(name)
    // The next fault is near this one, or near one before it: what noticed a fault last is asked first.
    else probes = [...probes].sort((a, b) => Number(b[0] === failed.name) - Number(a[0] === failed.name))
  }
  const accepted = ACCEPTED[file].map(([name]) => name)
  expect(survivors.sort()).toEqual(accepted.sort())
})

it('most of what can be broken is broken', () => {
  const mutants = SQL_FILES.flatMap((file): Mutant[] => mutantsOf(file, shipped[file]))
  expect(mutants.length).toBeGreaterThan(300)
})
