/** What a caller asks of one call. */
export interface CallOptions {
  /**
   * Aborted when the delivery has had its answer, since the database or the hook took too long. Give up then, write
   * nothing more, and end a connection that may be stuck rather than give it back to the pool.
   */
  readonly signal?: AbortSignal
}
