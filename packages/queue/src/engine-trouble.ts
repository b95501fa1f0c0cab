import { ClerkSyncError } from '@clerk-sync/core'
import { troubleOf } from './engine-words.ts'
import type { QueueMessage } from './message.ts'

/** The error of a message that an engine did not take: with its words, where they quote nothing of the message. */
export function explained(error: unknown, { id }: QueueMessage): ClerkSyncError {
  if (ClerkSyncError.is(error)) return error
  const { words, next } = troubleOf(error) ?? {
    words: 'error.cause has its own words.',
    next: "See that the queue's server runs, and that its address and password are right.",
  }
  const message = `The delivery ${id} is not known to be in the queue: ${words} ${next}`
  return new ClerkSyncError('queue_failed', message.trimEnd(), { cause: error })
}

type Send = (message: QueueMessage, signal: AbortSignal) => Promise<void>

/** What sends, with an error of ours where it fails. */
export function explaining(send: Send): Send {
  return async (message, signal) => {
    try {
      await send(message, signal)
    } catch (error) {
      throw explained(error, message)
    }
  }
}
