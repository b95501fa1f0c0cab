// How often the handler that guides show ends with the wrong tables, and how often we do, given the same deliveries:
//   npm run bench -- divergence
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { type ClerkEvent, createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'

const HISTORIES = 1000
const START = 1_760_000_000_000
const SEED = Number(process.env.BENCH_SEED ?? 20_261)

const users = pgTable('ours', { id: clerkId().primaryKey(), firstName: text(), ...syncColumns() })
const events = clerkEventsTable('ours_events')
const welcomes = pgTable('ours_welcomes', { userId: text().notNull() })

interface History {
  readonly userId: string
  /** What Clerk sent, as it arrives: out of order, and some of it twice. */
  readonly deliveries: readonly ClerkEvent[]
  /** What the table must say in the end: null for a user who is gone. */
  readonly name: string | null
}

/** The life of one user: created, renamed once or twice, one in four deleted. */
function makeHistory(n: number, random: () => number): History {
  const userId = `user_${n}`
  const renames = 1 + Math.floor(random() * 2)
  const deleted = random() < 0.25
  const event = (step: number, type: ClerkEvent['type'], data: object) => ({
    id: `msg_${n}_${step}`,
    type,
    timestamp: START + step * 1000,
    instanceId: null,
    data: { id: userId, updated_at: START + step * 1000, ...data },
  })
  const sent: object[] = [event(0, 'user.created', { first_name: 'name 0' })]
  for (let step = 1; step <= renames; step++) sent.push(event(step, 'user.updated', { first_name: `name ${step}` }))
  if (deleted) sent.push(event(renames + 1, 'user.deleted', { deleted: true }))
  // One message in four comes twice, and one in four is late: it is held back for a while, as a retry is.
  const arriving = sent
    .flatMap((message, at) =>
      random() < 0.25
        ? [
            { message, at },
            { message, at: at + random() * 3 },
          ]
        : [{ message, at }],
    )
    .map(({ message, at }) => ({ message, at: random() < 0.25 ? at + random() * 3 : at }))
    .sort((a, b) => a.at - b.at)
  return {
    userId,
    deliveries: JSON.parse(JSON.stringify(arriving.map(({ message }) => message))),
    name: deleted ? null : `name ${renames}`,
  }
}

/** Verify (left out), select processed, write, do the side effect, insert processed. */
async function guide(pool: pg.Pool, { id, type, data }: ClerkEvent): Promise<void> {
  const seen = await pool.query('select 1 from guide_processed where id = $1', [id])
  if (seen.rowCount) return
  const name = 'first_name' in data ? data.first_name : null
  if (type === 'user.created') {
    await pool.query('insert into guide (id, first_name) values ($1, $2)', [data.id, name])
    await pool.query('insert into guide_welcomes (user_id) values ($1)', [data.id])
  } else if (type === 'user.updated') {
    await pool.query(
      'insert into guide (id, first_name) values ($1, $2) on conflict (id) do update set first_name = excluded.first_name',
      [data.id, name],
    )
  } else if (type === 'user.deleted') {
    await pool.query('delete from guide where id = $1', [data.id])
  }
  await pool.query('insert into guide_processed (id) values ($1)', [id])
}

/** Sends each delivery, some together with the next; what fails is sent again, up to eight times, as Svix does. */
async function deliver(history: History, random: () => number, handle: (event: ClerkEvent) => Promise<unknown>) {
  let pending = [...history.deliveries]
  for (let attempt = 0; attempt < 8 && pending.length > 0; attempt++) {
    const failed: ClerkEvent[] = []
    while (pending.length > 0) {
      const together = pending.splice(0, random() < 0.3 ? 2 : 1)
      const answers = await Promise.allSettled(together.map(handle))
      failed.push(...together.filter((_, n) => answers[n]?.status === 'rejected'))
    }
    pending = failed
  }
  return pending.length
}

export async function divergence(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 8, options: '-c search_path=divergence' })
  await pool.query('drop schema if exists divergence cascade')
  await pool.query('create schema divergence')
  await pool.query('create table guide (id text primary key, first_name text)')
  await pool.query('create table guide_processed (id text primary key)')
  await pool.query('create table guide_welcomes (user_id text not null)')
  await pool.query(`create table ours (id text primary key, first_name text,
    clerk_version text not null default '0', deleted_at timestamptz(3))`)
  await pool.query('create table ours_welcomes (user_id text not null)')
  await pool.query(`create table ours_events (id text primary key, type text not null, entity_id text,
    occurred_at timestamptz(3) not null, processed_at timestamptz(3) not null)`)
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(drizzle(pool, { casing: 'snake_case' }), { users, events }),
    on: { 'user.created': ({ event, tx }) => tx.insert(welcomes).values({ userId: event.data.id }) },
  })

  const random = mulberry32(SEED)
  const histories = Array.from({ length: HISTORIES }, (_, n) => makeHistory(n, random))
  const deliveries = histories.reduce((sum, history) => sum + history.deliveries.length, 0)
  for (const history of histories) {
    const seed = random() * 2 ** 32
    await deliver(history, mulberry32(seed), (event) => guide(pool, event))
    await deliver(history, mulberry32(seed), (event) => clerkSync.apply(event))
  }
  console.log(`${HISTORIES} users, ${deliveries} deliveries (duplicates, late ones, two at a time), seed ${SEED}:`)
  for (const [contender, live] of [
    ['guide', 'true'],
    ['ours', 'deleted_at is null'],
  ] as const) {
    const rows = await pool.query(`select id, first_name from ${contender} where ${live}`)
    const names = new Map(rows.rows.map((row) => [row.id, row.first_name]))
    const effects = await pool.query(
      `select user_id, count(*)::int as count from ${contender}_welcomes group by user_id`,
    )
    const counts = new Map(effects.rows.map((row) => [row.user_id, row.count]))
    const wrong = histories.filter(({ userId, name }) => (names.get(userId) ?? null) !== name).length
    const effectsWrong = histories.filter(({ userId }) => counts.get(userId) !== 1).length
    const who = contender === 'guide' ? 'the handler of the guides' : 'clerk-sync'
    console.log(`  ${who}: ${wrong} rows wrong, ${effectsWrong} welcomes not exactly once`)
    if (contender === 'ours' && wrong + effectsWrong > 0) process.exitCode = 1
  }
  await pool.end()
}

/** A small generator with a seed, so that the figure is the same everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
