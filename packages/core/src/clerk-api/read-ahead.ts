/** Asks for the next one while the one before is worked on; one at most, so that memory stays flat. */
export async function* readAhead<T>(values: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = values.next()
  try {
    for (;;) {
      const { done, value } = await next
      if (done) return
      next = values.next()
      // Its rejection is met when it is awaited, which may be after the end of a microtask.
      next.catch(() => undefined)
      yield value
    }
  } finally {
    await values.return(undefined).catch(() => undefined)
  }
}
