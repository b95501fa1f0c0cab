/**
 * How often a message is tried, and how long the engine waits after the first failure; the wait doubles each time. Together
 * about 23 hours, as Svix's own retries: an outage of a night costs nothing.
 */
export const ATTEMPTS = 15
export const FIRST_DELAY_S = 5

/** The longest that SQS and Cloudflare Queues hide a message. */
const LONGEST_DELAY_S = 43_200

/** For engines that are told how long to wait. @param attempt - that has failed; the first is 1 */
export function retryDelayS(attempt: number): number {
  return Math.min(FIRST_DELAY_S * 2 ** (attempt - 1), LONGEST_DELAY_S)
}
