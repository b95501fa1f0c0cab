/** How long Svix waits for an answer, in ms: https://docs.svix.com/retries. What ends later is sent again. */
export const SVIX_TIMEOUT_MS = 15_000

/** How long a write may wait for a connection or a lock, in ms: an answer must leave before Svix gives up. */
export const LONGEST_WAIT_MS = 10_000
