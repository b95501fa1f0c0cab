import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { Redis, type RedisOptions } from 'ioredis'
import { onTestFinished } from 'vitest'
import { tlsFlags } from './redis-tls.ts'

/** What makes it keep what it acknowledges. */
export const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction']

export interface RedisServer {
  readonly url: string
  /** `kill -9`. */
  kill(): Promise<void>
  /** On the files that the last one has left. */
  start(): Promise<void>
}

/** A server of its own for a test. Without flags, it has the settings that it comes with. */
export async function startRedis(
  flags: readonly string[] = [],
  kind: 'REDIS' | 'VALKEY' | 'REDIS with TLS' = 'REDIS',
): Promise<RedisServer> {
  const [program = '', ...args] = JSON.parse(
    process.env[`CLERK_SYNC_${kind.replace(' with TLS', '')}_SERVER`] ?? '[]',
  ) as string[]
  const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-redis-'))
  const port = await freePort()
  const listening = kind === 'REDIS with TLS' ? tlsFlags(folder, port) : ['--port', String(port)]
  let child: ChildProcess | undefined
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
    async start() {
      const own = [...listening, '--bind', '127.0.0.1', '--dir', folder]
      child = spawn(program, [...args, ...own, ...flags], { stdio: 'ignore' })
      await untilReady(server.url, kind === 'REDIS with TLS' ? { tls: { rejectUnauthorized: false } } : {})
    },
  }
  onTestFinished(async () => {
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  await server.start()
  return server
}

/** A connection that goes with the test. */
export function redisClient(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true })
  redis.on('error', () => {})
  onTestFinished(() => void redis.disconnect())
  return redis
}

/** The messages that wait, as BullMQ itself has them. */
export async function waitingAt(url: string): Promise<readonly string[]> {
  const bull = new Queue('clerk', { connection: { url } })
  try {
    return (await bull.getWaiting()).map(({ data }) => data.id)
  } finally {
    await bull.close()
  }
}

async function untilReady(url: string, options: Pick<RedisOptions, 'tls'>): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50, ...options })
  redis.on('error', () => {})
  // Until it has read its files, it says that it is loading.
  while ((await redis.ping().catch(String)) !== 'PONG') await sleep(20)
  redis.disconnect()
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
