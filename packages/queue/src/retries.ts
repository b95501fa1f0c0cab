/**
 * How often a message is tried, and how long the engine waits after the first failure; the wait doubles each time. Together
 * about 23 hours, as Svix's own retries: an outage of a night costs nothing.
 */
export const ATTEMPTS = 15
export const FIRST_DELAY_S = 5

/** SQS hides a message for 12 hours at most, counted from its receipt: an hour of them is for the work that failed. */
const LONGEST_DELAY_S = 39_600

/** For engines that are told how long to wait. @param attempt - that has failed; the first is 1 */
export function retryDelayS(attempt: number): number {
  return Math.min(FIRST_DELAY_S * 2 ** (attempt - 1), LONGEST_DELAY_S)
}

/** How long a message waits in all between so many attempts, by {@link retryDelayS}. */
export function retriesTakeS(attempts: number): number {
  return Array.from({ length: attempts - 1 }, (_, n) => retryDelayS(n + 1)).reduce((sum, delay) => sum + delay, 0)
}
