import { ClerkSyncError } from '@clerk-sync/core'
import { isForbidden } from './redis-errors.ts'

/** What is used of an ioredis connection. */
interface RedisCommands {
  call(command: string, ...args: (string | number)[]): Promise<unknown>
}

/** How a server keeps what it has acknowledged: at each write, or once WAITAOF says so. */
export type Durability = 'every write' | 'waitaof'

/** Redis and Valkey have WAITAOF from here on. */
const WAITAOF_SINCE = [7, 2]
/** Longer than a second, in which the file is written at the latest, and shorter than a delivery may take. */
const LONGEST_WAIT_MS = 10_000

/** @throws ClerkSyncError `config_invalid` for a server that may lose what it has acknowledged. */
export async function durabilityOf(redis: RedisCommands): Promise<Durability> {
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
    `writes its append-only file after it has acknowledged a job (appendfsync ${appendfsync}), and Redis before 7.2 cannot ` +
      'be asked to wait',
    'Set appendfsync always, or use Redis 7.2 or later.',
  )
}

/**
 * Resolves once no crash of the server loses what was written through this connection, which must not have reconnected since:
 * WAITAOF answers for its own connection alone, and at once on one that has written nothing.
 *
 * @throws ClerkSyncError `queue_failed` where that is not known
 */
export async function untilDurable(redis: RedisCommands, durability: Durability): Promise<void> {
  if (durability === 'every write') return
  const answer = await redis.call('WAITAOF', 1, 0, LONGEST_WAIT_MS)
  const [local] = Array.isArray(answer) ? answer : []
  if (Number(local) >= 1) return
  throw new ClerkSyncError(
    'queue_failed',
    `Redis has taken the delivery, which was not in its append-only file after ${LONGEST_WAIT_MS / 1000} s. It is sent again.`,
  )
}

async function appendfsyncOf(redis: RedisCommands): Promise<unknown> {
  const answer = await redis.call('CONFIG', 'GET', 'appendfsync').catch((error: unknown) => {
    // The connection broke, or the server is loading.
    if (!isForbidden(error)) throw error
    throw refused(
      'does not tell this user when it writes its append-only file (CONFIG GET appendfsync is refused: NOPERM, or no such ' +
        'command), and Redis before 7.2 cannot be asked to wait',
      'Let the user read it (ACL SETUSER … +config|get), or use Redis 7.2 or later.',
    )
  })
  return Array.isArray(answer) ? answer[1] : undefined
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
