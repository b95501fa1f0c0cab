import { ClerkSyncError } from '@clerk-sync/core'
import { isForbidden } from './redis-errors.ts'

/** What is used of an ioredis connection. */
interface RedisCommands {
  call(command: string, ...args: (string | number)[]): Promise<unknown>
}

/** How a server keeps what it has acknowledged: at each write, or once WAITAOF says so. */
export type Durability = 'every write' | 'waitaof'

/** Longer than a second, in which the file is written at the latest, and shorter than a delivery may take. */
const LONGEST_WAIT_MS = 10_000

/** @throws ClerkSyncError `config_invalid` for a server that may lose what it has acknowledged. */
export async function durabilityOf(redis: RedisCommands): Promise<Durability> {
  const info = fieldsOf(String(await redis.call('INFO')))
  if (info.get('role') === 'slave') throw refused('is a replica, which takes no writes', "Give its primary's address.")
  if (info.get('cluster_enabled') === '1') {
    throw refused('is a node of a cluster, of which one answers for itself alone', 'Use a server of its own.')
  }
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
  if (info.get('aof_rewrite_in_progress') === '1' && info.get('aof_base_size') === '0') {
    throw new ClerkSyncError(
      'queue_failed',
      'This Redis writes its append-only file for the first time, and keeps nothing until it has.',
    )
  }
  if (canWait(info)) return 'waitaof'
  const appendfsync = await settingOf(redis, 'appendfsync')
  if (appendfsync !== 'always') {
    throw refused(
      `writes its append-only file after it has acknowledged a job (appendfsync ${appendfsync}), and cannot be asked to wait ` +
        'for it',
      'Set appendfsync always.',
    )
  }
  if ((await settingOf(redis, 'no-appendfsync-on-rewrite')) !== 'no') {
    throw refused(
      'does not wait for its append-only file while it rewrites it (no-appendfsync-on-rewrite yes)',
      'Set no-appendfsync-on-rewrite no.',
    )
  }
  return 'every write'
}

/**
 * Redis has WAITAOF since 7.2. That of Valkey, and of Redis from 7.4 until 8.0, answers before the file is on the disk:
 * https://github.com/redis/redis/pull/13793
 */
function canWait(info: ReadonlyMap<string, string>): boolean {
  const [major = 0, minor = 0] = (info.get('redis_version') ?? '').split('.').map(Number)
  return !info.has('valkey_version') && (major >= 8 || (major === 7 && minor === 2))
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
    `Redis has taken the delivery, which was not in its append-only file after ${LONGEST_WAIT_MS / 1000} s.`,
  )
}

async function settingOf(redis: RedisCommands, name: string): Promise<unknown> {
  const answer = await redis.call('CONFIG', 'GET', name).catch((error: unknown) => {
    // The connection broke, or the server is loading.
    if (!isForbidden(error)) throw error
    throw refused(
      `does not tell this user when it writes its append-only file (CONFIG GET ${name} is refused: NOPERM, or no such command)`,
      'Let the user read it (ACL SETUSER … +config|get).',
    )
  })
  // An object where the connection's `replyMapping` says so.
  if (typeof answer !== 'object' || answer === null) return undefined
  return Array.isArray(answer) ? answer[1] : Reflect.get(answer, name)
}

function fieldsOf(info: string): ReadonlyMap<string, string> {
  return new Map(Array.from(info.matchAll(/^(\w+):(.*?)\r?$/gm), ([, name = '', value = '']) => [name, value]))
}

function refused(what: string, next: string): ClerkSyncError {
  return new ClerkSyncError(
    'config_invalid',
    `This Redis ${what}: Clerk would be told that a delivery is kept, and it would be lost. ${next} Where the service keeps ` +
      'what it acknowledges by other means, say durability: "given".',
  )
}
