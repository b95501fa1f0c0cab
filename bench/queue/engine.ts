import type { Consumer, DeliveryQueue } from '@clerk-sync/queue'

/** A queue's engine with its worker, set up as docs/queues.md says. */
export interface Engine {
  readonly name: string
  readonly queue: DeliveryQueue
  /** @returns what ends the worker */
  work(consumer: Consumer): Promise<() => Promise<unknown>>
  /** How many messages wait or are under way, by the engine's own account. */
  left(): Promise<number>
  close(): Promise<unknown>
}
