import { ClerkSyncError } from '@clerk-sync/core'
import { wordsOf } from './engine-words.ts'
import type { QueueMessage } from './message.ts'

/** The error of a message that an engine did not take: with its words, where they quote nothing of the message. */
export function explained(error: unknown, { id }: QueueMessage): unknown {
  const words = ClerkSyncError.is(error) ? undefined : wordsOf(error)
  if (words === undefined) return error
  return new ClerkSyncError(
    'queue_failed',
    `The delivery ${id} was not known to be in the queue, and is sent again: ${words.replace(/\.?$/, '.')} See that the ` +
      "queue's server is there, and that its address and password are right.",
    { cause: error },
  )
}
