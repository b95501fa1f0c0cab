import { ClerkSyncError } from '@clerk-sync/core'

/** What is used of an ioredis connection. */
export interface RedisCommands {
  call(command: string, ...args: (string | number)[]): Promise<unknown>
  on(event: 'close', listener: () => void): unknown
}

/** How a server keeps what it has acknowledged: at each write, or once WAITAOF says so. */
type Durability = 'every write' | 'waitaof'

/** Redis and Valkey have WAITAOF from here on. */
const WAITAOF_SINCE = [7, 2]
/** Longer than a second, in which the file is written at the latest, and shorter than a delivery may take. */
const LONGEST_WAIT_MS = 10_000

/** What makes writes to one connection durable, or says that they may not be. */
export class RedisDurability {
  /** Counts the connections: what was written to one is not known to the next. */
  #connection = 0
  #checked: Promise<Durability> | undefined

  constructor(private readonly redis: RedisCommands) {
    redis.on('close', () => {
      this.#connection++
      // It may be another server, or have other settings, when it comes back.
      this.#checked = undefined
    })
  }

  /** @throws ClerkSyncError `config_invalid` for a server that may lose what it has acknowledged. */
  check(): Promise<Durability> {
    const checking = this.#checked ?? durabilityOf(this.redis)
    this.#checked = checking
    checking.catch(() => {
      if (this.#checked === checking) this.#checked = undefined
    })
    return checking
  }

  /**
   * Runs writes, and resolves once no crash of the server loses them.
   *
   * @throws ClerkSyncError `config_invalid` or `queue_failed`.
   */
  async keep(write: () => Promise<unknown>): Promise<void> {
    const durability = await this.check()
    const connection = this.#connection
    await write()
    if (durability === 'waitaof') {
      const answer = await this.redis.call('WAITAOF', 1, 0, LONGEST_WAIT_MS)
      const [local] = Array.isArray(answer) ? answer : []
      if (!(Number(local) >= 1)) throw notWritten(`was not in its append-only file after ${LONGEST_WAIT_MS / 1000} s`)
    }
    // WAITAOF answers for its own connection alone, and at once on one that has written nothing.
    if (connection !== this.#connection) throw notWritten('went through a connection that broke meanwhile')
  }
}

async function durabilityOf(redis: RedisCommands): Promise<Durability> {
  const info = fieldsOf(String(await redis.call('INFO')))
  if (info.get('maxmemory_policy') !== 'noeviction') {
    throw refused(
      `evicts keys when its memory is full (maxmemory-policy ${info.get('maxmemory_policy')}), jobs among them`,
      'Set maxmemory-policy noeviction.',
    )
  }
  if (info.get('aof_enabled') !== '1') {
    throw refused(
      'has no append-only file (appendonly no), so that a crash loses all jobs since its last snapshot',
      'Set appendonly yes and appendfsync always.',
    )
  }
  if (isAtLeast(info.get('redis_version') ?? '', WAITAOF_SINCE)) return 'waitaof'
  const appendfsync = await appendfsyncOf(redis)
  if (appendfsync === 'always') return 'every write'
  throw refused(
    `writes its append-only file after it has acknowledged a job (appendfsync ${appendfsync ?? 'cannot be read'}), and ` +
      'Redis before 7.2 cannot be asked to wait',
    'Set appendfsync always, or use Redis 7.2 or later.',
  )
}

/** Undefined where the server does not tell, as some that are rented. */
async function appendfsyncOf(redis: RedisCommands): Promise<unknown> {
  try {
    const answer = await redis.call('CONFIG', 'GET', 'appendfsync')
    return Array.isArray(answer) ? answer[1] : undefined
  } catch {
    return undefined
  }
}

function fieldsOf(info: string): ReadonlyMap<string, string> {
  return new Map(Array.from(info.matchAll(/^(\w+):(.*?)\r?$/gm), ([, name = '', value = '']) => [name, value]))
}

function isAtLeast(version: string, [major = 0, minor = 0]: readonly number[]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number)
  return ownMajor > major || (ownMajor === major && ownMinor >= minor)
}

function refused(what: string, next: string): ClerkSyncError {
  return new ClerkSyncError(
    'config_invalid',
    `This Redis ${what}: Clerk would be told that a delivery is kept, and it would be lost. ${next} Where the service keeps ` +
      'what it acknowledges by other means, say durability: "given".',
  )
}

function notWritten(why: string): ClerkSyncError {
  return new ClerkSyncError('queue_failed', `Redis has taken the delivery, which ${why}. It is sent again.`)
}
