import type { Readable } from 'node:stream'

// What is left of a refused body is read and dropped. A sender that writes all of it before it reads would
// otherwise wait for ever, and if the connection were closed under it, never see the answer.

/** A sender that goes on after this many does not want an answer. Clerk's bodies stay under 1 MiB. */
const MAX_DROPPED_BYTES = 16 * 1024 * 1024

/** Node's streams: reads on in the background, and ends the connection of a sender that does not stop. */
export function dropRestOfStream(body: Readable): void {
  let left = MAX_DROPPED_BYTES
  // The sender may go meanwhile: there is nothing to drop then.
  body.on('error', () => {})
  body.on('data', (chunk: Uint8Array | string) => {
    left -= chunk.length
    if (left < 0) body.destroy()
  })
}

/** A sender that takes longer for the rest gets its answer without it, in ms. */
const MAX_DROP_MS = 2_000

/**
 * The body of a `Request`. To be awaited before the answer: a host that streams a body reads on only while it is
 * read, and Workers break off what a request still does after its answer, and the connection with it.
 */
export async function dropRestOfBody(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader()
  const timer = setTimeout(() => void reader.cancel().catch(() => {}), MAX_DROP_MS)
  try {
    let left = MAX_DROPPED_BYTES
    while (left > 0) {
      const { done, value } = await reader.read()
      if (done) return
      left -= value.byteLength
    }
    await reader.cancel()
  } finally {
    clearTimeout(timer)
  }
}
