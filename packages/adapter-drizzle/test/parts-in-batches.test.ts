import { afterAll, describe, expect, it } from 'vitest'
import { type BatchedParts, openBatchedParts } from './kit/batched-parts.ts'
import { isFor, PROBES } from './kit/batched-parts-probes.ts'

/** Each weakens a check or a statement of the batches; of one database where the other has no such thing. */
const MUTANTS: Readonly<Record<string, (sql: string, driver: BatchedParts['driver']) => string>> = {
  'what is late is written': (sql, driver) => without('held', sql, driver),
  'a user who does not show the change is not seen': (sql, driver) => without('lost', sql, driver),
  'addresses that are not written are not counted': (sql, driver) =>
    /changes\(\) <>|from written\) <>/.test(sql) ? without('emailAddress', sql, driver) : sql,
  'addresses that are gone, or too many, are not seen': (sql, driver) =>
    sql.includes('count(*) <>') ? without('emailAddress', sql, driver) : sql,
  'they are looked at by their ids alone': (sql) => sql.replace(/count\(\*\) <> \d+ or/, '1 = 0 or'),
  'they are looked at by their number alone': (sql) =>
    sql.replace(/(<> \d+ or) count\(case/, '$1 1 = 0 and count(case'),
  'what is not in the snapshot stays': (sql) => sql.replace(OTHERS, '$1 and 1 = 0 and not ('),
  'all of the user are deleted': (sql) => sql.replace(OTHERS, '$1 or 1 = 0 and not ('),
  'those of other users are deleted': (sql) => sql.replace(OTHERS, (found) => found.replace('where', 'where 1 = 1 or')),
  'triggers are left for the commit': (sql) => sql.replace('set constraints all immediate', 'select 1'),
  'rows that are to go are not locked': (sql) =>
    sql.includes('clerk_sync.rows') ? sql.replace(/ for (?:no key )?update(?: skip locked)?/, '') : sql,
}

const OTHERS = /^(delete from "email_addresses" where .*?) and not \(/

/** The check passes. */
function without(mark: string, sql: string, driver: BatchedParts['driver']): string {
  return sql.replaceAll(`'clerk_sync_' || '${mark}'`, driver === 'D1' ? "'$'" : "'1'")
}

for (const driver of ['D1', 'neon-http'] as const) {
  for (const versions of ['row', 'beside'] as const) {
    const on = await openBatchedParts(driver, versions, afterAll)
    const probes = Object.entries(PROBES).filter(([, probe]) => isFor(on, probe))
    const run = async (probe: (typeof probes)[number][1]) => {
      for (const table of ['email_addresses', 'users', 'clerk_versions', 'organizations'])
        await on.query(`delete from ${table}`)
      await probe.run(on)
    }

    describe(`parts through ${driver}, versions ${versions === 'row' ? 'in the row' : 'beside'}`, () => {
      for (const [name, probe] of probes) it(name, () => run(probe))

      for (const [name, mutated] of Object.entries(MUTANTS)) {
        const isOfPostgres = /^(triggers|rows)/.test(name)
        const isOfRow = name.startsWith('rows')
        if ((isOfPostgres && driver === 'D1') || (isOfRow && versions === 'beside')) continue
        it(`it would be noticed if ${name}`, async () => {
          const noticed: string[] = []
          on.rewrite((sql) => mutated(sql, driver))
          try {
            for (const [title, probe] of probes) {
              if (noticed.length === 0) await run(probe).catch(() => noticed.push(title))
            }
          } finally {
            on.rewrite((sql) => sql)
          }
          expect(noticed).toHaveLength(1)
        }, 60_000)
      }
    })
  }
}
