// Real server processes are killed with kill -9 while deliveries are under way; what failed is sent again, as Svix
// does, and some of what succeeded too. In the end the tables must be what the set of events implies. On PostgreSQL and
// MariaDB, deliveries that come at the same time share statements meanwhile, and the database itself says that they did.
import { afterAll, describe, expect, test } from 'vitest'
import * as clerk from '../src/clerk.ts'
import { adapters, type EmptyDatabase, emptyDatabase, modes } from './support/databases.ts'
import { below, type History, type Random, randomFrom, randomHistory } from './support/history.ts'
import { endAll, SECRET, type ServerProcess, serve } from './support/process.ts'

const KILLS = 21
const PEOPLE = 200
/** More than there may be statements under way before deliveries share one. */
const SENDERS = 24
/** It takes half a minute; a busy machine may take its time. */
const TIME_LIMIT_MS = 300_000
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

afterAll(endAll)

const onMariadb = adapters.map((adapter) => ({ adapter, dialect: 'MariaDB', mode: 'row' }) as const)

describe.each([...modes, ...onMariadb])(
  'kill -9 with $adapter on $dialect, versions: $mode',
  ({ adapter, dialect, mode }) => {
    test(
      `${KILLS} times in the middle of deliveries: nothing is lost and nothing happens twice`,
      async () => {
        const random = randomFrom(seed)
        const history = randomHistory(random, PEOPLE)
        const database = await emptyDatabase(dialect)
        const started = performance.now()
        try {
          const figures = await deliverWithKills(history, { ADAPTER: adapter, MODE: mode }, database, random)
          const seconds = ((performance.now() - started) / 1000).toFixed(1)
          console.log(
            `${adapter}, ${dialect}, ${mode}, SEED=${seed}: ${history.messages.length} messages, ${figures.attempts} attempts, ` +
              `${figures.kills} kills, ${figures.cutOff} deliveries cut off (${figures.committedUnheard} sign-ups of them after their commit)` +
              `${database.openTransactions ? `, ${figures.inTransaction} kills with a transaction seen open` : ''}, ` +
              `${figures.resent} resent after success, ` +
              `${database.writtenTogether ? `${figures.together} users last written together with others, ` : ''}${seconds} s`,
          )
          if (database.writtenTogether) expect(figures.together, 'users written together').toBeGreaterThan(0)
          expect(figures.kills).toBe(KILLS)
          expect(figures.refused, 'answers other than 200').toEqual([])
          const isThere = ([, { deletedAt }]: [string, { deletedAt: string | null }]) =>
            mode === 'row' || deletedAt === null
          expect(figures.users).toEqual(new Map([...history.users].filter(isThere)))
          expect(figures.tombstones).toEqual(history.tombstones)
          expect(figures.welcomes).toEqual(
            [...history.welcomes].map(([eventId, userId]) => ({ eventId, userId })).toSorted(byEvent),
          )
        } finally {
          await database.remove()
        }
      },
      TIME_LIMIT_MS,
    )
  },
)

interface Figures {
  attempts: number
  /** Kills while at least one delivery was without an answer. */
  kills: number
  cutOff: number
  /** Cut-off sign-ups that had been committed all the same: their retry was a duplicate. */
  committedUnheard: number
  inTransaction: number
  resent: number
  /** Users whose last values came with those of others, in one statement. */
  together: number
  refused: clerk.Answer[]
  users: ReadonlyMap<string, object>
  tombstones: ReadonlyMap<string, unknown>
  welcomes: readonly object[]
}

async function deliverWithKills(
  history: History,
  environment: Readonly<Record<string, string>>,
  database: EmptyDatabase,
  random: Random,
): Promise<Figures> {
  const figures: Figures = {
    attempts: 0,
    kills: 0,
    cutOff: 0,
    committedUnheard: 0,
    inTransaction: 0,
    resent: 0,
    together: 0,
    refused: [],
    users: new Map(),
    tombstones: new Map(),
    welcomes: [],
  }
  const waiting = shuffled(history.messages, random)
  const acknowledged: clerk.Message[] = []
  const inFlight = new Set<clerk.Message>()
  const unheard = new Set<clerk.Message>()
  const start = () => serve({ ...environment, DATABASE_URL: database.url })
  let server = await start()

  /** The next message: one that waits, or, while there are kills to come, one that was acknowledged before. */
  function next(): clerk.Message | undefined {
    const again = acknowledged.length > 0 && figures.kills < KILLS && (waiting.length === 0 || random() < 0.15)
    if (!again) return waiting.pop()
    figures.resent += 1
    return acknowledged[below(random, acknowledged.length)]
  }

  async function attempt(message: clerk.Message, url: string): Promise<void> {
    figures.attempts += 1
    inFlight.add(message)
    try {
      const answer = await clerk.deliver(message, `${url}/api/webhooks/clerk`, SECRET)
      if (answer.status === 200) acknowledged.push(message)
      else figures.refused.push(answer)
      if (unheard.delete(message) && answer.said === 'duplicate') figures.committedUnheard += 1
    } catch {
      figures.cutOff += 1
      unheard.add(message)
      waiting.splice(below(random, waiting.length + 1), 0, message)
    } finally {
      inFlight.delete(message)
    }
  }

  /** Sends to one process until it dies, or until there is nothing left to send. */
  async function sendTo(process: ServerProcess, alive: () => boolean): Promise<void> {
    const sender = async () => {
      for (let message = next(); message; message = alive() ? next() : undefined) await attempt(message, process.url)
    }
    await Promise.all(Array.from({ length: SENDERS }, sender))
  }

  while (figures.kills < KILLS) {
    let alive = true
    const current = server
    const sending = sendTo(current, () => alive)
    const transactions = await momentToKill(figures, database, random, inFlight)
    const hit = inFlight.size > 0
    const ended = current.end('SIGKILL')
    alive = false
    await Promise.all([ended, sending])
    if (hit) figures.kills += 1
    if (hit && transactions > 0) figures.inTransaction += 1
    server = await start()
  }
  await sendTo(server, () => true)

  const get = async (path: string) => (await fetch(server.url + path)).json() as Promise<Record<string, string>[]>
  figures.users = new Map(
    (await get('/api/users')).map(({ id = '', fullName, deletedAt = null }) => [id, { fullName, deletedAt }]),
  )
  figures.tombstones = new Map((await get('/api/tombstones')).map(({ id = '', deletedAt }) => [id, deletedAt]))
  figures.welcomes = (await get('/api/welcomes')).toSorted(byEvent)
  figures.together = (await database.writtenTogether?.()) ?? 0
  await server.end('SIGTERM')
  return figures
}

/**
 * Waits for one of three kinds of moments, in turn: so many attempts were sent; the same, and up to 5 ms went by; the
 * database says that a transaction is open.
 */
async function momentToKill(
  figures: Figures,
  { openTransactions }: EmptyDatabase,
  random: Random,
  inFlight: ReadonlySet<unknown>,
): Promise<number> {
  const enough = figures.attempts + SENDERS + below(random, 40)
  while (figures.attempts < enough || inFlight.size === 0) await turn()
  const kind = figures.kills % 3
  if (kind === 1) {
    const until = performance.now() + random() * 5
    while (performance.now() < until) await turn()
  }
  if (kind !== 2 || !openTransactions) return 0
  const limit = figures.attempts + 100
  let open = 0
  while (open === 0 && figures.attempts < limit) open = await openTransactions()
  return open
}

/** Lets what has arrived be handled. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function shuffled<T>(all: readonly T[], random: Random): T[] {
  return all
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
}

function byEvent(a: object, b: object): number {
  const [left, right] = [a, b].map((welcome) => String(Reflect.get(welcome, 'eventId'))) as [string, string]
  return left < right ? -1 : 1
}
