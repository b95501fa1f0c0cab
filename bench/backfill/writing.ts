import type { Upsert } from '@clerk-sync/core/adapter'
import { versionOf } from '@clerk-sync/core/adapter'

import { openStore } from './open-store.ts'
import { type Mode, ORMS, type Orm } from './store.ts'

/** Rows a second in one round, by contender. */
export type Rates = Readonly<Record<string, number>>

const TABLE = 'copy_users'

export const COPY = 'copy'
export const FLOOR = 'floor'
export const writingId = (orm: Orm, mode: Mode) => `${orm} ${mode}`

/** Writes the same rows by `COPY`, by the bare statement and by each adapter's `writeMany`, in turn, into empty tables: rows a second. */
export async function writing(url: string, users: number, rounds: number): Promise<Rates[]> {
  const rows = Array.from({ length: users }, (_, n) => rowOf(n))
  const store = await openStore('postgres', url)
  try {
    const contenders = new Map<string, { readonly tables: string; readonly run: () => Promise<void> }>()
    contenders.set(COPY, {
      tables: TABLE,
      run: () => store.copy?.(TABLE, rows) ?? Promise.reject(new Error('No COPY.')),
    })
    contenders.set(FLOOR, {
      tables: TABLE,
      run: () => store.floor?.(TABLE, rows) ?? Promise.reject(new Error('No floor.')),
    })
    for (const orm of ORMS) {
      for (const mode of ['row', 'beside'] as const) {
        const adapter = await store.adapter(orm, mode)
        const name = mode === 'row' ? orm : `${orm}_beside`
        const changes = rows.map((row) => changeOf(orm, row))
        contenders.set(writingId(orm, mode), {
          tables: `${name}_users${mode === 'row' ? '' : `, ${name}_versions`}`,
          async run() {
            const written = await adapter.writeMany(changes)
            const other = written.find(({ outcome }) => outcome !== 'created')
            if (other) throw other.error ?? new Error(`${other.change.key}: ${other.outcome}`)
          },
        })
      }
    }
    const measured: Rates[] = []
    // One more, for the first: what is slow once is not measured.
    for (let round = 0; round <= rounds; round++) {
      const rates: Record<string, number> = {}
      for (const [id, { tables, run }] of contenders) {
        await store.query(`truncate ${tables}`)
        await store.query('checkpoint')
        const began = performance.now()
        await run()
        rates[id] = users / ((performance.now() - began) / 1000)
      }
      if (round > 0) measured.push(rates)
    }
    return measured
  } finally {
    await store.close()
  }
}

type CopiedRow = Readonly<Record<'id' | 'email' | 'first_name' | 'last_name' | 'image_url' | 'clerk_version', string>>

function rowOf(n: number): CopiedRow {
  return {
    id: `user_${String(n).padStart(27, '0')}`,
    email: `person-${n}@example.com`,
    first_name: 'Ada',
    last_name: 'Lovelace',
    image_url: `https://img.clerk.com/${Buffer.from(`person ${n} of the benchmark, with a picture`).toString('base64url')}`,
    clerk_version: versionOf({
      updatedAt: 1_795_000_000_000 + n,
      occurredAt: 1_795_000_100_000,
      rank: 1,
      messageId: 'read',
    }),
  }
}

function changeOf(orm: Orm, { id: key, clerk_version: version, ...columns }: CopiedRow): Upsert {
  const { email, first_name, last_name, image_url } = columns
  const values = orm === 'kysely' ? columns : { email, firstName: first_name, lastName: last_name, imageUrl: image_url }
  return { kind: 'upsert', entity: 'user', key, version, values }
}
