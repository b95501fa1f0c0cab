/** Aborted with the first of the two. */
export function joined(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return signal ? AbortSignal.any([signal, other]) : other
}

/**
 * What `work` gives, or the signal's reason once it is aborted. Work that has begun by then goes on, and nobody waits
 * for it; what has not, does not begin.
 */
export async function untilAborted<T>(signal: AbortSignal | undefined, work: () => PromiseLike<T> | T): Promise<T> {
  if (!signal) return work()
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const giveUp = () => reject(signal.reason)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([work(), aborted])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
