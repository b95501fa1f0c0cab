import { ClerkSyncError } from '@clerk-sync/core'
import type { Redis } from 'ioredis'
import { isRefusal, redisTroubleOf, withoutCommands } from './redis-errors.ts'

/** For so long a delivery waits for a server that is starting anew, and then is sent again by Clerk. */
const PATIENCE_MS = 3000
const PAUSE_MS = 100
/**
 * A connection without an answer for so long is ended: left to itself, ioredis waits for one that is dead until the operating
 * system gives it up. Longer than WAITAOF takes, and shorter than a delivery may.
 */
const SOCKET_TIMEOUT_MS = 12_000

export interface ReopenedConnection<Opened> {
  /**
   * Opens a connection where there is none, and does something with it.
   *
   * @throws ClerkSyncError `queue_failed` for what is not one already
   */
  use<Result>(work: (opened: Opened) => Promise<Result>): Promise<Result>
  /** What is used after it fails. */
  close(): void
}

/**
 * A connection like the given one, whatever its options say of reconnecting: one that breaks, or on which something fails, is
 * never used again, and the next use opens another. BullMQ keeps for ever that a connection of it could not be opened, and
 * a connection that reconnects by itself cannot tell on which server its commands were.
 */
export function reopenedConnection<Opened>(
  redis: Redis,
  prepare: (connection: Redis) => Promise<Opened>,
): ReopenedConnection<Opened> {
  let current: { readonly prepared: Promise<Opened>; giveUp(): void } | undefined
  let isClosed = false

  function open() {
    const connection = oneConnection(redis)
    const ended = new AbortController()
    const opened = {
      prepared: untilReady(connection, ended.signal).then(() => prepare(connection)),
      giveUp() {
        if (current === opened) current = undefined
        // While it waits to try again, ioredis does not say that it has ended.
        ended.abort(new Error('Connection is closed.'))
        connection.disconnect()
      },
    }
    connection.once('end', opened.giveUp)
    current = opened
    return opened
  }

  return {
    async use(work) {
      if (isClosed) throw failed(redis, 'is not used any more, since close() was called.')
      const opened = current ?? open()
      try {
        return await work(await opened.prepared)
      } catch (error) {
        // With it goes what others are sending: it is sent again.
        opened.giveUp()
        if (ClerkSyncError.is(error)) throw error
        // Others may quote what was sent.
        const { words, next } = redisTroubleOf(error) ?? { words: 'error.cause has its own words.', next: '' }
        throw failed(redis, `could not be used: ${words} ${next}`.trimEnd(), withoutCommands(error))
      }
    },
    close() {
      isClosed = true
      current?.giveUp()
    },
  }
}

/** It tries to connect until it has been ready once. */
function oneConnection(redis: Redis): Redis {
  let hasBeenReady = false
  const connection = redis.duplicate({
    lazyConnect: true,
    retryStrategy: () => (hasBeenReady ? null : PAUSE_MS),
    socketTimeout: redis.options.socketTimeout ?? SOCKET_TIMEOUT_MS,
  })
  connection.once('ready', () => {
    hasBeenReady = true
  })
  return connection
}

async function untilReady(connection: Redis, ended: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let reason: unknown = new Error(`no connection after ${PATIENCE_MS / 1000} s`)
  const timer = setTimeout(() => reject(reason), PATIENCE_MS)
  // It stays: without a listener, ioredis prints what whoever waits for an answer is told anyway.
  connection.on('error', (error) => {
    reason = error
    // A login that is refused is not accepted a moment later.
    if (isRefusal(error)) reject(error)
  })
  connection.once('ready', resolve)
  ended.addEventListener('abort', () => reject(ended.reason), { once: true })
  // The events say how it ends.
  connection.connect().catch(() => {})
  try {
    await promise
  } finally {
    clearTimeout(timer)
  }
}

function failed(redis: Redis, what: string, cause?: unknown): ClerkSyncError {
  return new ClerkSyncError('queue_failed', `Redis at ${addressOf(redis)} ${what}`, { cause })
}

/** Without user and password. */
function addressOf({ options: { sentinels, name, path, host, port } }: Redis): string {
  if (sentinels) return `${sentinels.map((one) => `${one.host}:${one.port}`).join(', ')} (sentinels of ${name})`
  return path ?? `${host}:${port}`
}
